using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Brings a machine up from a template, under one deadline. Nothing of it is left when it fails.</summary>
internal static class CloneStart
{
    private static readonly QmpCommand s_continue = new("cont");

    /// <summary>Launches the machine with the template's state in it, stopped at the very point where it was saved.</summary>
    /// <exception cref="QemuTemplateException">It did not come up, or not in time.</exception>
    public static async Task PrepareAsync(QemuMachine machine, QemuTemplate template, CancellationToken cancellationToken)
    {
        TimeSpan limit = machine.Spec.Settings.Scale((machine.Spec.Template ?? template.Options).CloneTimeout);
        CancellationToken scope = MachineScope.Current?.CancellationToken ?? default;
        using var deadline = new CancellationTokenSource(limit, machine.Spec.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        bool launched = false;
        try
        {
            await machine.LaunchAsync(TemplateSpec.ForClone(machine.CurrentSpec, template.Files, template.QemuVersion), linked.Token).ConfigureAwait(false);
            launched = true;
            await DeviceState.LoadAsync(machine, template.Files.DeviceState, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error)
        {
            await machine.KillAsync().ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested || scope.IsCancellationRequested)
                throw;
            throw new QemuTemplateException(
                $"Machine {machine.Name} did not come up from its template within {limit.TotalSeconds:0.###} s.", innerException: error);
        }
        catch (Exception error) when (error is QemuException and not QemuConfigurationException)
        {
            await machine.KillAsync().ConfigureAwait(false);
            if (launched)
                template.Discard(error);
            throw new QemuTemplateException($"Machine {machine.Name} did not come up from its template: {error.Message}", innerException: error);
        }
    }

    /// <summary>Lets a prepared machine run.</summary>
    public static Task ResumeAsync(QemuMachine machine, CancellationToken cancellationToken) =>
        machine.Qmp.ExecuteAsync(s_continue, cancellationToken);
}
