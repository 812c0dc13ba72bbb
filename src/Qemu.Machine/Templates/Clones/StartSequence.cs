using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>One start of a machine: a clone where it has a template, else, and where that fails, a boot.</summary>
internal sealed class StartSequence(QemuMachine machine, MachineTemplate template)
{
    private readonly long _start = machine.Spec.TimeProvider.GetTimestamp();

    /// <inheritdoc cref="QemuMachine.StartAsync"/>
    public async Task<MachineStart> RunAsync(CancellationToken cancellationToken)
    {
        using Activity? activity = MachineTelemetry.BeginStart(machine);
        MachineStart start = await StartAsync(cancellationToken).ConfigureAwait(false);
        MachineTelemetry.Started(machine, start, activity);
        machine.Observers.Step(MachineStepKind.Launch, $"The machine was {start}");
        return start;
    }

    private async Task<MachineStart> StartAsync(CancellationToken cancellationToken)
    {
        if (!template.IsWanted)
        {
            await BootAsync(cancellationToken).ConfigureAwait(false);
            return Done(MachineStartKind.Boot, reason: null);
        }

        try
        {
            await CloneAsync(cancellationToken).ConfigureAwait(false);
            return Done(MachineStartKind.Clone, reason: null);
        }
        catch (Exception error) when (error is QemuTemplateException or QemuLaunchException or GuestImageException or IOException or UnauthorizedAccessException)
        {
            machine.Spec.Logger.LogWarning(error, "Machine {Machine} cannot be cloned from a template and is booted instead", machine.Name);
            await BootAsync(cancellationToken).ConfigureAwait(false);
            return Done(MachineStartKind.FallbackBoot, error.Message);
        }
    }

    private async Task CloneAsync(CancellationToken cancellationToken)
    {
        QemuTemplate source = await template.GetAsync(machine.CurrentSpec, cancellationToken).ConfigureAwait(false);
        await new CloneStart(machine, source).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task BootAsync(CancellationToken cancellationToken)
    {
        await machine.LaunchAsync(cancellationToken).ConfigureAwait(false);
        await machine.WaitUntilReadyAsync(cancellationToken).ConfigureAwait(false);
    }

    private MachineStart Done(MachineStartKind kind, string? reason)
    {
        var start = new MachineStart(kind, machine.Spec.TimeProvider.GetElapsedTime(_start), reason);
        machine.Spec.Logger.LogInformation("Machine {Machine} was {Start}", machine.Name, start);
        return start;
    }
}
