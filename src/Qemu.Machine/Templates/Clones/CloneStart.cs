using System.Globalization;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Brings a machine up from a template. Each step has the deadline of the template's options, and nothing is left of the machine when one fails.</summary>
internal sealed class CloneStart(QemuMachine machine, QemuTemplate template)
{
    private readonly TemplateOptions _options = machine.Spec.Template ?? template.Options;
    private readonly MachineEnd? _endBefore = machine.End;

    /// <summary>Whether there is something to be ended: what another start has launched is not this one's.</summary>
    private bool _isUp;

    /// <summary>Whether somebody ended the machine while it came up. That is no fault of the template's, and must not be undone by a boot.</summary>
    private bool WasEndedOnRequest =>
        machine.End is { Cause: MachineEndCause.Shutdown or MachineEndCause.Killed } end && !ReferenceEquals(end, _endBefore);

    /// <summary>Brings the machine up, running.</summary>
    /// <exception cref="QemuTemplateException">It did not come up, or not in time.</exception>
    /// <exception cref="QemuExitedException">Somebody ended it meanwhile.</exception>
    public Task RunAsync(CancellationToken cancellationToken) => GuardAsync(
        async token =>
        {
            await LoadAsync(token).ConfigureAwait(false);
            await ContinueAsync(token).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Brings the machine up, stopped at the very point where it was saved.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task PrepareAsync(CancellationToken cancellationToken) => GuardAsync(LoadAsync, cancellationToken);

    /// <summary>Lets a prepared machine run.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task ResumeAsync(CancellationToken cancellationToken)
    {
        _isUp = true;
        return GuardAsync(ContinueAsync, cancellationToken);
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (template.FindDamage() is { } damage)
        {
            // QEMU would make a new memory file where there is none, and run a guest whose memory is all zeros.
            var error = new QemuTemplateException($"The template in {template.Files.Directory} is damaged: {damage}");
            template.Discard(error);
            throw error;
        }

        await machine.LaunchAsync(TemplateSpec.ForClone(machine.CurrentSpec, template.Files, template.QemuVersion), cancellationToken).ConfigureAwait(false);
        _isUp = true;
        try
        {
            await DeviceState.LoadAsync(machine, template.Files.DeviceState, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is QemuTemplateException or QemuExitedException && !WasEndedOnRequest)
        {
            template.Discard(error);
            throw;
        }
    }

    private async Task ContinueAsync(CancellationToken cancellationToken)
    {
        await DeviceState.ContinueAsync(machine, cancellationToken).ConfigureAwait(false);
        machine.Views.Discard(DeviceState.Events);
        await ClockSetting.RunAsync(machine, _options.Clock, cancellationToken).ConfigureAwait(false);
    }

    private async Task GuardAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        TimeSpan limit = machine.Spec.Settings.Scale(_options.CloneTimeout);
        CancellationToken scope = MachineScope.Current?.CancellationToken ?? default;
        using var deadline = new CancellationTokenSource(limit, machine.Spec.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await step(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error)
        {
            await EndAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfTaskCancelled();
            scope.ThrowIfTaskCancelled();
            throw new QemuTemplateException(
                string.Create(CultureInfo.InvariantCulture, $"Machine {machine.Name} did not come up from its template within {limit.TotalSeconds:0.###} s."), innerException: error);
        }
        catch (QemuException error) when (WasEndedOnRequest)
        {
            if (error is QemuExitedException)
                throw;
            throw new QemuExitedException(machine.Name, machine.End!, machine.Log, error);
        }
        catch (Exception error) when (error is QemuException and not QemuConfigurationException)
        {
            await EndAsync().ConfigureAwait(false);
            throw new QemuTemplateException($"Machine {machine.Name} did not come up from its template: {error.Message}", innerException: error);
        }
        catch
        {
            await EndAsync().ConfigureAwait(false);
            throw;
        }
    }
    private Task EndAsync() => _isUp ? machine.KillAsync() : Task.CompletedTask;
}
