using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Qemu.Machine;

/// <summary>The activities and measurements of this library, both under the name <c>Qemu.Machine</c>. Names, units and tags: docs/telemetry.md.</summary>
internal static class MachineTelemetry
{
    private const string Name = "Qemu.Machine";

    private static readonly ActivitySource s_source = new(Name);
    private static readonly Meter s_meter = new(Name);

    private static readonly Histogram<double> s_launch = s_meter.CreateHistogram<double>("qemu.machine.launch.duration", "s", "From the launch to QMP's readiness");
    private static readonly Histogram<double> s_readiness = s_meter.CreateHistogram<double>("qemu.machine.readiness.duration", "s", "From QMP's readiness to the machine's own");
    private static readonly Histogram<double> s_start = s_meter.CreateHistogram<double>("qemu.machine.start.duration", "s", "From the wish for a machine to one that is ready");
    private static readonly Histogram<double> s_restore = s_meter.CreateHistogram<double>("qemu.machine.restore.duration", "s", "Starts that restored a saved state: clones and snapshots");
    private static readonly Histogram<double> s_command = s_meter.CreateHistogram<double>("qemu.qmp.command.duration", "s", "From sending a QMP command to its reply");
    private static readonly UpDownCounter<int> s_running = s_meter.CreateUpDownCounter<int>("qemu.machine.running", "{machine}", "QEMU processes that run");
    private static readonly Counter<int> s_panics = s_meter.CreateCounter<int>("qemu.machine.panics", "{panic}", "Panics of guests");

    /// <summary>Whether anybody wants to know of QMP commands: asked before each, so that it costs two reads when nobody does.</summary>
    public static bool WantsCommands => s_command.Enabled || s_source.HasListeners();

    public static Activity? BeginLaunch(QemuMachine machine) => Begin("qemu.machine.launch", machine);

    public static Activity? BeginReadiness(QemuMachine machine) => Begin("qemu.machine.readiness", machine);

    public static Activity? BeginStart(QemuMachine machine) => Begin("qemu.machine.start", machine);

    public static Activity? BeginReset(QemuMachine machine) => Begin("qemu.machine.reset", machine);

    public static Activity? BeginCommand(string machineName, string command)
    {
        Activity? activity = s_source.StartActivity("qemu.qmp.command", ActivityKind.Client);
        return activity?.SetTag("qemu.machine.name", machineName).SetTag("qemu.qmp.command", command);
    }

    public static void Launched(QemuMachine machine, TimeSpan duration, Activity? activity, Exception? error) =>
        Record(s_launch, machine, duration, activity, error);

    public static void Ready(QemuMachine machine, TimeSpan duration, Activity? activity, Exception? error) =>
        Record(s_readiness, machine, duration, activity, error);

    public static void Started(QemuMachine machine, MachineStart start, Activity? activity)
    {
        string kind = KindOf(start.Kind);
        activity?.SetTag("qemu.start.kind", kind).SetTag("qemu.start.reason", start.Reason);
        if (!s_start.Enabled && !s_restore.Enabled)
            return;
        var tags = new TagList { { "qemu.start.kind", kind }, { "qemu.machine.type", machine.Spec.MachineType } };
        s_start.Record(start.Duration.TotalSeconds, tags);
        if (start.Kind is MachineStartKind.Clone or MachineStartKind.Snapshot)
            s_restore.Record(start.Duration.TotalSeconds, tags);
    }

    public static void Answered(string command, TimeSpan duration, Activity? activity, Exception? error)
    {
        Fail(activity, error);
        s_command.Record(duration.TotalSeconds, new TagList { { "qemu.qmp.command", command }, { "error.type", error?.GetType().Name } });
    }

    public static void ProcessStarted() => s_running.Add(1);

    public static void ProcessEnded() => s_running.Add(-1);

    public static void Panicked(GuestPanic panic) => s_panics.Add(1, new KeyValuePair<string, object?>("qemu.panic.rule", panic.Rule));

    private static Activity? Begin(string name, QemuMachine machine) => s_source.StartActivity(name)
        ?.SetTag("qemu.machine.name", machine.Name)
        .SetTag("qemu.machine.type", machine.Spec.MachineType)
        .SetTag("qemu.binary", machine.Spec.Binary);

    private static void Record(Histogram<double> histogram, QemuMachine machine, TimeSpan duration, Activity? activity, Exception? error)
    {
        Fail(activity, error);
        if (!histogram.Enabled)
            return; // to look the tags up allocates
        histogram.Record(duration.TotalSeconds, new TagList { { "qemu.machine.type", machine.Spec.MachineType }, { "error.type", error?.GetType().Name } });
    }

    private static void Fail(Activity? activity, Exception? error)
    {
        if (error is null || activity is null)
            return;
        activity.SetStatus(ActivityStatusCode.Error, error.Message.Split('\n', 2)[0]);
        activity.SetTag("error.type", error.GetType().Name);
    }

    /// <summary>How a start's kind is written, here and in a test's artefacts.</summary>
    public static string KindOf(MachineStartKind kind) => kind switch
    {
        MachineStartKind.Clone => "clone",
        MachineStartKind.FallbackBoot => "fallback-boot",
        MachineStartKind.Snapshot => "snapshot",
        _ => "boot",
    };
}
