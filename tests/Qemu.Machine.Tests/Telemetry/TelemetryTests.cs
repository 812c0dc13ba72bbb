using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Telemetry;

/// <summary>Other tests' machines are measured by the same instruments: each test looks for its own, by a machine type or command that nobody else uses.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Start_is_an_activity_with_launch_and_readiness_below_it()
    {
        var seen = new ConcurrentQueue<Activity>();
        await using QemuMachine machine = Machines.Rom().Build();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Qemu.Machine",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("qemu.machine.name") as string == machine.Name)
                    seen.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);

        await machine.StartAsync();
        await Assert.ThrowsAsync<QmpCommandException>(() => machine.Qmp.ExecuteAsync("no-such-command"));

        Activity start = Assert.Single(seen, activity => activity.OperationName == "qemu.machine.start");
        Activity launch = Assert.Single(seen, activity => activity.OperationName == "qemu.machine.launch");
        Activity readiness = Assert.Single(seen, activity => activity.OperationName == "qemu.machine.readiness");
        Activity command = Assert.Single(seen, activity => activity.GetTagItem("qemu.qmp.command") as string == "no-such-command");
        Assert.Equal(start.SpanId, launch.ParentSpanId);
        Assert.Equal(start.SpanId, readiness.ParentSpanId);
        Assert.Equal("boot", start.GetTagItem("qemu.start.kind"));
        Assert.Equal("pc", launch.GetTagItem("qemu.machine.type"));
        Assert.Equal(ActivityStatusCode.Error, command.Status);
        Assert.Equal(nameof(QmpCommandException), command.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Times_and_machines_are_measured()
    {
        var seen = new ConcurrentQueue<(string Name, string? Unit, double Value, Dictionary<string, object?> Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                if (instrument.Meter.Name == "Qemu.Machine")
                    meters.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Enqueue((instrument.Name, instrument.Unit, value, Copy(tags))));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen.Enqueue((instrument.Name, instrument.Unit, value, Copy(tags))));
        listener.Start();

        await using (QemuMachine machine = Machines.Rom("pc-i440fx-5.1").Build())
        {
            await machine.StartAsync();
            var reset = new MachineReset(machine);
            await reset.PrepareAsync();
            await reset.ResetAsync();
            await machine.Qmp.ExecuteAsync("query-kvm");
        }

        var ours = seen.Where(measured => measured.Tags.GetValueOrDefault("qemu.machine.type") as string == "pc-i440fx-5.1").ToList();
        Assert.Equal(["s"], ours.Select(measured => measured.Unit).Distinct());
        Assert.All(ours, measured => Assert.True(measured.Value > 0));
        Assert.Single(ours, measured => measured.Name == "qemu.machine.launch.duration");
        Assert.Single(ours, measured => measured.Name == "qemu.machine.readiness.duration");
        Assert.Equal(["boot", "snapshot"], ours.Where(measured => measured.Name == "qemu.machine.start.duration").Select(measured => measured.Tags["qemu.start.kind"]));
        Assert.Equal("snapshot", Assert.Single(ours, measured => measured.Name == "qemu.machine.restore.duration").Tags["qemu.start.kind"]);
        Assert.Contains(seen, measured => measured.Name == "qemu.qmp.command.duration" && measured.Tags["qemu.qmp.command"] as string == "query-kvm" && measured.Tags["error.type"] is null);
        Assert.Contains(seen, measured => measured is { Name: "qemu.machine.running", Value: 1 });
        Assert.Contains(seen, measured => measured is { Name: "qemu.machine.running", Value: -1 });
    }

    [Fact]
    public async Task Failed_launch_says_why()
    {
        var seen = new ConcurrentQueue<string?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                if (instrument is { Name: "qemu.machine.launch.duration", Meter.Name: "Qemu.Machine" })
                    meters.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if (Copy(tags)["qemu.machine.type"] as string == "no-such-machine")
                seen.Enqueue(Copy(tags)["error.type"] as string);
        });
        listener.Start();
        await using QemuMachine machine = new QemuMachineBuilder(Machines.Binary).WithMachine("no-such-machine").Build();

        await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Equal([nameof(QemuLaunchException)], seen);
    }

    [Fact]
    public async Task Nobody_who_listens_costs_no_activity_and_no_allocation()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        var start = new MachineStart(MachineStartKind.Snapshot, TimeSpan.FromSeconds(1), "reason");
        var panic = new GuestPanic("title", "rule", "text", Console: null, Start: null, IsAllowed: false);
        var error = new InvalidOperationException("no");
        Run(); // what is made once

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Run();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.False(MachineTelemetry.WantsCommands);
        Assert.Null(MachineTelemetry.BeginStart(machine));

        void Run()
        {
            using Activity? starting = MachineTelemetry.BeginStart(machine);
            using Activity? launching = MachineTelemetry.BeginLaunch(machine);
            MachineTelemetry.Launched(machine, TimeSpan.FromSeconds(1), launching, error);
            using Activity? waiting = MachineTelemetry.BeginReadiness(machine);
            MachineTelemetry.Ready(machine, TimeSpan.FromSeconds(1), waiting, error: null);
            MachineTelemetry.Started(machine, start, starting);
            using Activity? resetting = MachineTelemetry.BeginReset(machine);
            using Activity? commanding = MachineTelemetry.BeginCommand(machine.Name, "query-status");
            MachineTelemetry.Answered("query-status", TimeSpan.FromSeconds(1), commanding, error);
            MachineTelemetry.ProcessStarted();
            MachineTelemetry.ProcessEnded();
            MachineTelemetry.Panicked(panic);
        }
    }

    private static Dictionary<string, object?> Copy(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var copy = new Dictionary<string, object?>();
        foreach ((string name, object? value) in tags)
            copy[name] = value;
        return copy;
    }
}
