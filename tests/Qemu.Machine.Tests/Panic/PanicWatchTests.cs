using Qemu.Machine;

namespace Tests.Qemu.Machine.Panic;

/// <summary>The ROM guest says what a panicking kernel says, and rings pvpanic's bell.</summary>
public sealed class PanicWatchTests
{
    [Fact(Timeout = 60_000)]
    public async Task Waits_throw_the_panic_with_its_trace()
    {
        await using QemuMachine machine = await StartAsync(Builder());
        Task<ConsoleMatch> waiting = machine.Console.WaitForAsync("never");
        await machine.Console.SendLineAsync("kernel-panic");

        var error = await Assert.ThrowsAsync<GuestPanicException>(() => waiting);

        Assert.Equal("Kernel panic - not syncing: test", error.Panic.Title);
        Assert.StartsWith("[    1.234567] Kernel panic", error.Panic.Trace, StringComparison.Ordinal); // not with what others printed before
        Assert.Contains("[ end Kernel panic", error.Panic.Trace, StringComparison.Ordinal);
        Assert.Same(error.Panic, machine.Panic);
        await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.WaitForAsync(TestRom.Ready));
        await Assert.ThrowsAsync<GuestPanicException>(() => machine.Events.WaitAsync("NEVER"));
        await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.SendLineAsync("say x"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Trace_begins_with_what_the_kernel_said_right_before()
    {
        await using QemuMachine machine = await StartAsync(Builder());
        await machine.Console.SendLineAsync("say of an earlier test");
        await machine.Console.WaitForAsync("of an earlier test\n");
        await machine.Console.SendLineAsync("say [    1.200000] a first sign");
        await machine.Console.SendLineAsync("kernel-panic");

        var error = await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.WaitForAsync("never"));

        Assert.StartsWith("[    1.200000] a first sign\n[    1.234567] Kernel panic", error.Panic.Trace, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Machine_still_answers_qmp_and_starts_anew_after_a_panic()
    {
        await using QemuMachine machine = await StartAsync(Builder());
        await machine.Console.SendLineAsync("kernel-panic");
        await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.WaitForAsync("never"));

        Assert.Equal("running", (await machine.Qmp.ExecuteAsync("query-status")).GetProperty("status").GetString());
        await machine.ShutdownAsync();
        await machine.StartAsync();

        Assert.Null(machine.Panic);
        await machine.Console.SendLineAsync("say well");
        await machine.Console.WaitForAsync("well");
    }

    [Fact(Timeout = 60_000)]
    public async Task Handlers_hear_of_it_once_and_one_that_fails_harms_nothing()
    {
        await using QemuMachine machine = await StartAsync(Builder());
        var heard = new List<GuestPanic>();
        machine.PanicOccurred += (_, e) => heard.Add(e.Panic);
        machine.PanicOccurred += (_, _) => throw new InvalidOperationException("a handler's own fault");
        await machine.Console.SendLineAsync("kernel-panic");
        await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.WaitForAsync("never"));
        await machine.ShutdownAsync();

        Assert.Equal(machine.Panic, Assert.Single(heard));
    }

    [Fact(Timeout = 60_000)]
    public async Task Allowed_panic_is_waited_for_and_breaks_the_machine_all_the_same()
    {
        await using QemuMachine machine = await StartAsync(Builder());
        using PanicAllowance allowance = machine.AllowPanics("not syncing: test");
        await machine.Console.SendLineAsync("kernel-panic");

        GuestPanic panic = await allowance.WaitAsync();

        Assert.True(panic.IsAllowed);
        Assert.Equal(panic, machine.Panic);
        await machine.Console.SendLineAsync("say goes on");
        await machine.Console.WaitForAsync("goes on");
    }

    [Fact(Timeout = 60_000)]
    public async Task Panic_that_an_allowance_does_not_cover_is_thrown()
    {
        await using QemuMachine machine = await StartAsync(Builder());
        using PanicAllowance allowance = machine.AllowPanics("another one");
        await machine.Console.SendLineAsync("kernel-panic");

        await Assert.ThrowsAsync<GuestPanicException>(() => allowance.WaitAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Allowance_says_when_there_was_no_panic()
    {
        await using QemuMachine machine = await StartAsync(Builder());
        using PanicAllowance allowance = machine.AllowPanics("some");

        var error = await Assert.ThrowsAsync<QemuTimeoutException>(() => allowance.WaitAsync(TimeSpan.FromMilliseconds(100)));

        Assert.Contains("to panic with \"some\"", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Event_without_a_word_on_the_console_is_a_panic()
    {
        await using QemuMachine machine = await StartAsync(Builder().WithDevice("pvpanic").WithArguments("-action", "panic=none"));
        await machine.Console.SendLineAsync("panic");

        var error = await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.WaitForAsync("never"));

        Assert.Equal("GUEST_PANICKED", error.Panic.Rule);
    }

    [Fact(Timeout = 60_000)]
    public async Task Panic_that_ends_qemu_explains_the_end()
    {
        await using QemuMachine machine = await StartAsync(Builder().WithDevice("pvpanic"));
        Task<ConsoleMatch> waiting = machine.Console.WaitForAsync("never");
        await machine.Console.SendLineAsync("panic");

        await Assert.ThrowsAsync<GuestPanicException>(() => waiting);
        await machine.WaitForShutdownAsync();
        Assert.NotNull(machine.Panic);
    }

    [Fact(Timeout = 60_000)]
    public async Task Crashload_is_a_panic_until_its_rule_is_removed()
    {
        await using QemuMachine machine = await StartAsync(Builder().WithDevice("pvpanic").WithoutPanicRule("GUEST_CRASHLOADED"));
        await machine.Console.SendLineAsync("crashload");
        await machine.Events.WaitAsync("GUEST_CRASHLOADED");
        await machine.Console.SendLineAsync("flood 1000");
        await machine.Console.WaitForAsync(TestRom.FloodDone);

        Assert.Null(machine.Panic);
        Assert.Contains("WATCHDOG", Assert.Throws<ArgumentException>(() => Builder().WithoutPanicRule("unknown")).Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Triple_fault_is_a_panic_that_shows_the_cpu(string version)
    {
        await using QemuMachine machine = Builder(QemuVersions.Binary(version)).WithFirmware(CrashRom.Path).Build();
        await machine.LaunchAsync();

        var error = await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.WaitForAsync("never"));

        Assert.StartsWith("Triple fault: ", error.Panic.Title, StringComparison.Ordinal);
        Assert.Equal("triple fault", error.Panic.Rule);
        Assert.Contains("EIP=", error.Panic.Trace, StringComparison.Ordinal);
        Assert.Single(error.Panic.Trace.Split("CPU Reset").Skip(1));
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Reset_that_the_guest_or_the_host_wanted_is_none(string version)
    {
        await using QemuMachine machine = await StartAsync(Builder(QemuVersions.Binary(version)));
        for (int boots = 2; boots <= 40; boots++)
        {
            // By a triple fault too, with an interrupt table of no length: firmware does that where all else failed.
            await machine.Console.SendLineAsync(boots % 10 == 0 ? "say host" : boots % 5 == 0 ? "triple" : "reset");
            if (boots % 10 == 0)
                await machine.Faults.ResetAsync();
            await machine.Console.WaitForAsync(TestRom.Ready);
        }

        await machine.ShutdownAsync();
        Assert.Null(machine.Panic);
    }

    [Fact(Timeout = 120_000)]
    public async Task Triple_fault_counts_as_a_reboot_without_its_rule()
    {
        await using QemuMachine machine = Builder().WithFirmware(CrashRom.Path).WithoutPanicRule("triple fault").Build();
        await machine.LaunchAsync();
        for (int i = 0; i < 3; i++)
            await machine.Events.WaitAsync("RESET", new { guest = true });
        await machine.ShutdownAsync();

        Assert.Null(machine.Panic);
    }

    [Fact(Timeout = 60_000)]
    public async Task Rules_are_added_and_removed()
    {
        await using QemuMachine machine = await StartAsync(Builder().WithoutPanicRule("kernel panic").WithPanicRule(new TextPanicRule("mine", "the end is nigh")));
        await machine.Console.SendLineAsync("kernel-panic");
        await machine.Console.SendLineAsync("say lo, the end is nigh: now");

        var error = await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.WaitForAsync("never"));

        Assert.Equal("mine", error.Panic.Rule);
        Assert.Equal("the end is nigh: now", error.Panic.Title);
    }

    [Fact(Timeout = 60_000)]
    public async Task Second_console_is_watched_too()
    {
        await using QemuMachine machine = await StartAsync(Builder().WithConsole(index: 1));
        await machine.Console.SendLineAsync("on 2f8 kernel-panic");

        var error = await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.WaitForAsync("never"));

        Assert.Equal(1, error.Panic.Console);
    }

    [Fact(Timeout = 60_000)]
    public async Task Machine_that_panics_before_it_is_ready_says_so()
    {
        await using QemuMachine machine = Builder().ReadyWhen(Readiness.When("the panic", async (vm, token) =>
        {
            await vm.Console.WaitForAsync(TestRom.Ready, cancellationToken: token);
            await vm.Console.SendLineAsync("kernel-panic", token);
            await vm.Console.WaitForAsync("never", cancellationToken: token);
        })).Build();

        await Assert.ThrowsAsync<GuestPanicException>(() => machine.StartAsync());
        Assert.False(machine.IsRunning);
    }

    [Fact(Timeout = 60_000)]
    public async Task Rule_that_fails_is_told_of_and_keeps_no_other_rule_from_seeing_the_panic()
    {
        var logger = new RecordingLogger();
        await using QemuMachine machine = await StartAsync(Builder().WithLogger(logger).WithPanicRule(new FailingRule()));
        await machine.Console.SendLineAsync("kernel-panic");

        var error = await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.WaitForAsync("never"));

        Assert.Equal("kernel panic", error.Panic.Rule);
        Assert.Contains(logger.Warnings, line => line.Contains("failing", StringComparison.Ordinal));
    }

    private sealed record FailingRule() : PanicRule("failing")
    {
        public override IReadOnlyList<string> Triggers { get; } = ["Kernel panic"];

        public override string? FindTitle(string line) => throw new InvalidOperationException("a rule's own fault");
    }

    private static QemuMachineBuilder Builder(string binary = Machines.Binary) => new QemuMachineBuilder(binary)
        .WithMachine("q35").WithMemory("16M").WithAccelerator("tcg").WithFirmware(TestRom.Path).WithConsole();

    private static async Task<QemuMachine> StartAsync(QemuMachineBuilder builder)
    {
        QemuMachine machine = builder.ReadyWhen(Readiness.Console(TestRom.Ready)).Build();
        await machine.StartAsync();
        return machine;
    }
}
