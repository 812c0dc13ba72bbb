using System.Collections.Concurrent;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Admission;

/// <summary>Two doors to one table stand for two processes; a lock does not care which process holds it.</summary>
public sealed class MachineAdmissionTests : IDisposable
{
    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("machine-admission-");
    private readonly ConcurrentQueue<string> _told = new();
    private readonly CancellationToken _token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Machine_waits_while_another_flow_holds_the_last_place()
    {
        MachineAdmission one = Door(machines: 1);
        MachineAdmission two = Door(machines: 1);
        IDisposable? held = await one.AdmitAsync(Wish("a"), _token);

        Task<IDisposable?> waiting = two.AdmitAsync(Wish("b"), _token);
        await ToldAsync("waiting for a machine slot: held by pid " + Environment.ProcessId);
        Assert.False(waiting.IsCompleted);
        held!.Dispose();

        using IDisposable? admitted = await waiting.WaitAsync(s_guard, _token);
        Assert.NotNull(admitted);
        Assert.Contains(_told, static message => message.StartsWith("waited ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Machine_is_let_in_in_the_end_where_only_its_own_process_is_in_the_way()
    {
        MachineAdmission door = Door(machines: 1, patience: TimeSpan.FromMilliseconds(100));
        using IDisposable? held = await door.AdmitAsync(Wish("holds the machine and waits for the runner's next place"), _token);

        using IDisposable? admitted = await door.AdmitAsync(Wish("has that place"), _token).WaitAsync(s_guard, _token);

        Assert.NotNull(admitted);
        Assert.Contains(_told, static message => message.StartsWith("machine 2 of 1 on this host was let in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Machines_of_any_number_of_flows_are_no_more_than_the_budget()
    {
        MachineAdmission[] doors = [Door(machines: 2), Door(machines: 2)];
        int live = 0;
        int most = 0;

        await Task.WhenAll(Enumerable.Range(0, 12).Select(async number =>
        {
            using IDisposable? room = await doors[number % 2].AdmitAsync(Wish($"flow {number}"), _token);
            InterlockedMax(ref most, Interlocked.Increment(ref live));
            await Task.Delay(20, _token);
            Interlocked.Decrement(ref live);
        })).WaitAsync(s_guard, _token);

        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Memory_counts_as_machines_do_and_a_big_machine_is_not_overtaken()
    {
        MachineAdmission one = Door(machines: 10, memory: 100);
        MachineAdmission two = Door(machines: 10, memory: 100);
        IDisposable? held = await one.AdmitAsync(Wish("a", memory: 60), _token);

        Task<IDisposable?> big = two.AdmitAsync(Wish("b", memory: 90), _token);
        await ToldAsync("waiting for a machine slot");
        Task<IDisposable?> small = one.AdmitAsync(Wish("c", memory: 30), _token);
        await ToldAsync("waiting for a machine slot", times: 2);

        Assert.False(big.IsCompleted || small.IsCompleted);
        held!.Dispose();
        IDisposable? first = await big.WaitAsync(s_guard, _token);
        Assert.False(small.IsCompleted);
        first!.Dispose();
        using IDisposable? second = await small.WaitAsync(s_guard, _token);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task Flow_that_holds_a_machine_never_waits_and_says_that_it_is_beyond_the_budget()
    {
        MachineAdmission door = Door(machines: 1);
        using IDisposable? held = await door.AdmitAsync(Wish("a"), _token);

        using IDisposable? second = await door.AdmitAsync(Wish("a"), _token).WaitAsync(s_guard, _token);

        Assert.NotNull(second);
        Assert.Contains("machine 2 of 1 on this host was let in", Assert.Single(_told), StringComparison.Ordinal);
    }

    /// <summary>Two machines that one test starts at once: the first that is let in must not be waited for by the second.</summary>
    [Fact]
    public async Task Start_that_waits_is_let_in_when_another_of_its_flow_was()
    {
        MachineAdmission door = Door(machines: 1);
        IDisposable? held = await door.AdmitAsync(Wish("a"), _token);
        Task<IDisposable?> first = door.AdmitAsync(Wish("b"), _token);
        Task<IDisposable?> second = door.AdmitAsync(Wish("b"), _token);
        await ToldAsync("waiting for a machine slot", times: 2);

        held!.Dispose();

        foreach (IDisposable? room in await Task.WhenAll(first, second).WaitAsync(s_guard, _token))
            room!.Dispose();
    }

    /// <summary>Two processes, each with a machine that stays to its end: nobody would ever give one back.</summary>
    [Fact]
    public async Task Machines_of_whole_assemblies_are_waited_for_by_nobody_alone()
    {
        MachineAdmission one = Door(machines: 1);
        MachineAdmission two = Door(machines: 1);
        using IDisposable? standing = await one.AdmitAsync(Wish(flow: null), _token);
        using IDisposable? other = await two.AdmitAsync(Wish(flow: null), _token).WaitAsync(s_guard, _token);

        IDisposable? passing = await one.AdmitAsync(Wish("a"), _token).WaitAsync(s_guard, _token);
        Task<IDisposable?> waiting = two.AdmitAsync(Wish("b"), _token);
        await ToldAsync("waiting for a machine slot");

        Assert.False(waiting.IsCompleted);
        passing!.Dispose();
        (await waiting.WaitAsync(s_guard, _token))!.Dispose();
    }

    [Fact]
    public async Task Start_that_may_not_wait_is_let_in()
    {
        MachineAdmission door = Door(machines: 1);
        using IDisposable? held = await door.AdmitAsync(Wish("a"), _token);

        using IDisposable? nested = await door.AdmitAsync(Wish("b") with { MayWait = false }, _token).WaitAsync(s_guard, _token);

        Assert.NotNull(nested);
    }

    [Fact]
    public async Task Machine_bigger_than_the_budget_is_let_in_when_it_is_alone_and_says_so()
    {
        MachineAdmission door = Door(machines: 5, memory: 100);

        using IDisposable? room = await door.AdmitAsync(Wish("a", memory: 3 << 20), _token).WaitAsync(s_guard, _token);

        Assert.NotNull(room);
        Assert.Contains("3 MiB was let in beyond the memory budget", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_and_leaves_the_turn_to_others()
    {
        MachineAdmission door = Door(machines: 1);
        IDisposable? held = await door.AdmitAsync(Wish("a"), _token);
        using var cancellation = new CancellationTokenSource();
        Task<IDisposable?> cancelled = door.AdmitAsync(Wish("b"), cancellation.Token);
        await ToldAsync("waiting for a machine slot");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Task<IDisposable?> next = door.AdmitAsync(Wish("c"), _token);
        held!.Dispose();
        (await next.WaitAsync(s_guard, _token))!.Dispose();
    }

    [Fact]
    public async Task Room_given_back_twice_counts_once_and_leaves_no_file()
    {
        MachineAdmission door = Door(machines: 2);
        IDisposable? first = await door.AdmitAsync(Wish("a"), _token);
        using IDisposable? second = await door.AdmitAsync(Wish("a"), _token);

        first!.Dispose();
        first.Dispose();

        Assert.Single(_directory.GetFiles("machine_*"));
        using IDisposable? third = await door.AdmitAsync(Wish("a"), _token).WaitAsync(s_guard, _token);
        Assert.Empty(_told); // the flow still counts as a holder, and there was room
    }

    [Fact]
    public async Task Files_of_the_dead_are_removed_and_count_for_nothing()
    {
        string dead = Path.Combine(_directory.FullName, new MachineClaim(1, "Dead.Tests", 1, MachineClaimKind.Passing).ToFileName("0123"));
        await File.WriteAllTextAsync(dead, "", _token);

        using IDisposable? room = await Door(machines: 1).AdmitAsync(Wish("a"), _token).WaitAsync(s_guard, _token);

        Assert.False(File.Exists(dead));
        Assert.Empty(_told);
    }

    /// <summary>It takes memory, but no processor, and nobody is to wait for it: it does not go away by itself.</summary>
    [Fact]
    public async Task Clone_kept_ready_counts_by_its_memory_and_nobody_waits_for_it_alone()
    {
        MachineAdmission door = Door(machines: 2, memory: 10);
        using IDisposable? kept = await door.AdmitAsync(new AdmissionRequest { Memory = 6, IsKept = true, Tell = _told.Enqueue }, _token);
        using IDisposable? alone = await door.AdmitAsync(Wish("a", memory: 5), _token).WaitAsync(s_guard, _token);
        Task<IDisposable?> third = door.AdmitAsync(Wish("b", memory: 4), _token);
        await ToldAsync("waiting for a machine slot");

        kept!.Dispose();

        using IDisposable? second = await third.WaitAsync(s_guard, _token);
        Assert.DoesNotContain(_told, static message => message.Contains("of 2 on this host", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clones_kept_ready_are_not_among_the_machines()
    {
        MachineAdmission door = Door(machines: 2);
        using IDisposable? first = await door.AdmitAsync(new AdmissionRequest { Memory = 1, IsKept = true, Tell = _told.Enqueue }, _token);
        using IDisposable? second = await door.AdmitAsync(new AdmissionRequest { Memory = 1, IsKept = true, Tell = _told.Enqueue }, _token);

        using IDisposable? one = await door.AdmitAsync(Wish("a"), _token).WaitAsync(s_guard, _token);
        using IDisposable? two = await door.AdmitAsync(Wish("b"), _token).WaitAsync(s_guard, _token);

        Assert.Empty(_told);
    }

    [Fact]
    public async Task Directory_that_cannot_be_used_costs_the_count_and_nothing_else()
    {
        var door = new MachineAdmission(new SlotTable(static () => throw new IOException("read-only"), TimeProvider.System), new HostBudget(1, 1), TimeProvider.System);

        Assert.Null(await door.AdmitAsync(Wish("a"), _token));
        Assert.Null(await door.AdmitAsync(Wish("b"), _token));
        Assert.Equal("machines are not counted on this host (XDG_RUNTIME_DIR can name a directory of this user's alone): read-only", Assert.Single(_told));
    }

    [Theory]
    [InlineData("A.Tests", 0)]
    [InlineData("with_lines_under", 1)]
    [InlineData("A.Tests", 2)]
    public void Claim_reads_as_it_was_written(string assembly, int kind)
    {
        var claim = new MachineClaim(42, assembly, 1L << 40, (MachineClaimKind)kind);

        Assert.Equal(claim, MachineClaim.Parse(claim.ToFileName("0123")));
        Assert.Null(MachineClaim.Parse("machine_"));
        Assert.Null(MachineClaim.Parse("machine_42_1_neither_0123_A.Tests"));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }

    private MachineAdmission Door(int machines, long memory = long.MaxValue / 2, TimeSpan? patience = null) =>
        new(new SlotTable(() => _directory.FullName, TimeProvider.System), new HostBudget(machines, memory), TimeProvider.System)
        {
            OwnPatience = patience ?? TimeSpan.MaxValue,
        };

    private AdmissionRequest Wish(string? flow, long memory = 1) => new() { Flow = flow, Memory = memory, Tell = _told.Enqueue };

    private async Task ToldAsync(string text, int times = 1)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(_token);
        guard.CancelAfter(s_guard);
        while (_told.Count(message => message.Contains(text, StringComparison.Ordinal)) < times)
            await Task.Delay(20, guard.Token);
    }
}
