using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Events;

/// <summary>Rows "get_qmp_event, get_qmp_events", "event_match", "event_wait, events_wait", on real QEMUs.</summary>
public sealed class EventTests
{
    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Events_are_taken_in_order_of_arrival(string version)
    {
        await using QemuMachine machine = Machines.Rom("pc", QemuVersions.Binary(version)).Build();
        await machine.StartAsync();
        machine.Events.TakeAll();

        await machine.Qmp.ExecuteAsync("stop");
        await machine.Qmp.ExecuteAsync("cont");
        await machine.Qmp.ExecuteAsync("stop");
        QmpEvent first = await machine.Events.ReadAsync();
        Assert.True(machine.Events.TryTake(out QmpEvent? second));
        string[] rest = [.. machine.Events.TakeAll().Select(qmpEvent => qmpEvent.Name)];

        Assert.Equal(("STOP", "RESUME"), (first.Name, second.Name));
        Assert.Equal(["STOP"], rest);
        Assert.False(machine.Events.TryTake(out _));
    }

    [Fact]
    public async Task Wait_takes_an_earlier_event_that_matches_and_leaves_the_rest()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();
        machine.Events.TakeAll();
        await machine.Qmp.ExecuteAsync("stop");
        await machine.Qmp.ExecuteAsync("system_reset");
        await machine.Qmp.ExecuteAsync("cont");

        QmpEvent resume = await machine.Events.WaitAsync("RESUME");
        QmpEvent reset = await machine.Events.WaitAsync("RESET", new { guest = false });

        Assert.Equal("RESUME", resume.Name);
        Assert.True(reset.Matches(new { reason = "host-qmp-system-reset" }));
        Assert.Equal(["STOP"], machine.Events.TakeAll().Select(qmpEvent => qmpEvent.Name));
    }

    [Fact]
    public async Task Wait_with_a_token_alone_takes_it_for_the_token_and_not_for_a_pattern()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();
        using var cancellation = new CancellationTokenSource();

        await machine.Qmp.ExecuteAsync("stop");
        Assert.Equal("STOP", (await machine.Events.WaitAsync("STOP", cancellation.Token)).Name);

        Task waiting = machine.Events.WaitAsync("NEVER", cancellation.Token);
        await cancellation.CancelAsync();
        Assert.Equal(cancellation.Token, (await Assert.ThrowsAsync<TaskCanceledException>(() => waiting)).CancellationToken);
    }

    [Fact]
    public async Task Wait_takes_the_first_of_several_patterns()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();

        await machine.Console.SendLineAsync("reset");
        QmpEvent which = await machine.Events.WaitAnyAsync([new QmpEventPattern("SHUTDOWN"), new QmpEventPattern("RESET", new { guest = true })]);

        Assert.Equal("RESET", which.Name);
    }

    [Fact]
    public async Task Wait_that_times_out_leaves_the_session_usable()
    {
        // The faulty behaviour: the connection is poisoned, and every later command fails.
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();

        for (int i = 0; i < 3; i++)
        {
            QmpTimeoutException error = await Assert.ThrowsAsync<QmpTimeoutException>(() => machine.Events.WaitAsync("NEVER", TimeSpan.FromMilliseconds(50)));
            Assert.Contains("NEVER", error.Message, StringComparison.Ordinal);
            Assert.True((await machine.Qmp.ExecuteAsync("query-status")).GetProperty("running").GetBoolean());
        }

        await machine.Qmp.ExecuteAsync("stop");
        await machine.Events.WaitAsync("STOP");
        await machine.ShutdownAsync();
        Assert.Equal(MachineEndCause.Shutdown, machine.End!.Cause);
    }

    [Fact]
    public async Task Wait_has_one_deadline_however_many_other_events_come()
    {
        // The faulty behaviour starts its time-out anew at each event, and this one never stops.
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();
        using var stopping = new CancellationTokenSource();
        Task noise = Task.Run(async () =>
        {
            while (!stopping.IsCancellationRequested)
            {
                await machine.Qmp.ExecuteAsync("stop");
                await machine.Qmp.ExecuteAsync("cont");
            }
        });

        await Assert.ThrowsAsync<QmpTimeoutException>(() => machine.Events.WaitAsync("NEVER", TimeSpan.FromSeconds(1))).WaitAsync(Machines.HangGuard);

        await stopping.CancelAsync();
        await noise;
    }

    [Fact]
    public async Task Hundred_thousand_events_that_nobody_reads_are_bounded_and_the_loss_is_told()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();
        machine.Events.TakeAll();
        const int commands = 50_000; // STOP and RESUME each

        for (int sent = 0; sent < commands; sent += 500)
        {
            await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.WhenAll(
                machine.Qmp.ExecuteAsync("stop"),
                machine.Qmp.ExecuteAsync("cont"))));
        }

        QmpEventOverflowException loss = await Assert.ThrowsAsync<QmpEventOverflowException>(() => machine.Events.WaitAsync("STOP"));
        Assert.Equal(10_000, loss.Capacity);
        IReadOnlyList<QmpEvent> left = machine.Events.TakeAll();
        Assert.Equal(2 * commands, loss.LostCount + left.Count);
        Assert.Equal("RESUME", left[^1].Name);
        await machine.Qmp.ExecuteAsync("stop");
        await machine.Events.WaitAsync("STOP");
    }

    [Fact]
    public async Task Events_of_the_next_launch_come_to_the_same_object()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        using QmpEventQueue own = machine.Events.Subscribe();
        for (int launch = 0; launch < 2; launch++)
        {
            await machine.StartAsync();
            await machine.Qmp.ExecuteAsync("stop");
            await machine.Events.WaitAsync("STOP");
            await machine.ShutdownAsync();
            await machine.Events.WaitAsync("SHUTDOWN", new { guest = false });
        }

        Assert.Equal(2, own.TakeAll().Count(qmpEvent => qmpEvent.Name == "STOP"));
    }
}
