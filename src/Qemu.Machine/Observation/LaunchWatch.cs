using System.Diagnostics;
using System.Globalization;

namespace Qemu.Machine;

/// <summary>Keeps what a machine's launches come to: their steps, how long they took, why the latest failed.</summary>
internal sealed class LaunchWatch(QemuMachine machine)
{
    /// <summary>How long the latest launch took until QMP was ready; null until it was.</summary>
    public TimeSpan? LaunchDuration { get; private set; }

    /// <summary>How long the latest wait for readiness took after the launch; null when there was none.</summary>
    public TimeSpan? ReadinessDuration { get; private set; }

    /// <summary>Why the latest launch failed; null when it did not.</summary>
    public QemuLaunchException? Failure { get; private set; }

    public async Task LaunchAsync(Func<Task> launch)
    {
        (LaunchDuration, ReadinessDuration, Failure) = (null, null, null);
        long start = MachineObservers.Clock.GetTimestamp();
        using Activity? activity = MachineTelemetry.BeginLaunch(machine);
        try
        {
            await launch().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Failure = error as QemuLaunchException;
            machine.Observers.Step(MachineStepKind.Warning, Failure is null ? $"The launch was given up: {error.Message}" : Failure.Message);
            MachineTelemetry.Launched(machine, MachineObservers.Clock.GetElapsedTime(start), activity, error);
            throw;
        }

        LaunchDuration = MachineObservers.Clock.GetElapsedTime(start);
        string version = machine.QemuVersion is { } known ? $" QEMU {known}" : " QEMU";
        string accelerator = machine.Accelerator is { } choice ? $", accelerator {choice}" : "";
        machine.Observers.Step(MachineStepKind.Launch, $"Launched in {Seconds(LaunchDuration.Value)}:{version}{accelerator}, process {machine.ProcessId}");
        MachineTelemetry.Launched(machine, LaunchDuration.Value, activity, error: null);
    }

    public async Task WaitUntilReadyAsync(string condition, Func<Task> wait)
    {
        machine.Observers.Step(MachineStepKind.Launch, $"Waiting to be ready: {condition}");
        long start = MachineObservers.Clock.GetTimestamp();
        using Activity? activity = MachineTelemetry.BeginReadiness(machine);
        try
        {
            await LongWork.RunAsync($"Starting machine {machine.Name}", condition, wait).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            machine.Observers.Step(MachineStepKind.Warning, $"It did not become ready: {error.Message}");
            MachineTelemetry.Ready(machine, MachineObservers.Clock.GetElapsedTime(start), activity, error);
            throw;
        }

        ReadinessDuration = MachineObservers.Clock.GetElapsedTime(start);
        machine.Observers.Step(MachineStepKind.Launch, $"Ready after {Seconds(ReadinessDuration.Value)}");
        MachineTelemetry.Ready(machine, ReadinessDuration.Value, activity, error: null);
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000 s", CultureInfo.InvariantCulture);
}
