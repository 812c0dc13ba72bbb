using System.Diagnostics;
using System.Runtime.InteropServices;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>A machine's QMP over all its launches: each command goes to the session of the moment.</summary>
internal sealed class MachineQmp(string machineName, MachineLives lives) : QmpChannel
{
    private MachineGeneration Generation => lives.Current
        ?? throw new QemuConfigurationException($"Machine {machineName} was not launched: there is no QMP session.");

    public override Task<QmpResponse> SendAsync(QmpCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        MachineGeneration generation = Generation;
        CancellationToken scope = MachineScope.Current?.CancellationToken ?? default;
        return scope.CanBeCanceled && scope != cancellationToken
            ? SendInScopeAsync(generation, command, scope, cancellationToken)
            : SendAsync(generation, command, cancellationToken);
    }

    private async Task<QmpResponse> SendInScopeAsync(
        MachineGeneration generation,
        QmpCommand command,
        CancellationToken scope,
        CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
            return await SendAsync(generation, command, scope).ConfigureAwait(false);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(scope, cancellationToken);
        try
        {
            return await SendAsync(generation, command, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            cancellationToken.ThrowIfTaskCancelled();
            scope.ThrowIfTaskCancelled();
            throw;
        }
    }

    public async Task SendFileDescriptorAsync(SafeHandle handle, CancellationToken cancellationToken)
    {
        MachineGeneration generation = Generation;
        CancellationToken scope = MachineScope.Current?.CancellationToken ?? default;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(scope, cancellationToken);
        try
        {
            await Session(generation).SendFileDescriptorAsync(handle, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            cancellationToken.ThrowIfTaskCancelled();
            scope.ThrowIfTaskCancelled();
            throw;
        }
        catch (QmpDisconnectedException error)
        {
            throw await generation.ExplainAsync(error).ConfigureAwait(false);
        }
    }

    private async Task<QmpResponse> SendAsync(MachineGeneration generation, QmpCommand command, CancellationToken cancellationToken)
    {
        try
        {
            QmpClient session = Session(generation);
            cancellationToken.ThrowIfTaskCancelled();
            if (string.Equals(command.Name, "quit", StringComparison.Ordinal))
                generation.NoteQuit();
            return MachineTelemetry.WantsCommands
                ? await SendMeasuredAsync(session, command, cancellationToken).ConfigureAwait(false)
                : await session.SendAsync(command, cancellationToken).ConfigureAwait(false);
        }
        catch (QmpDisconnectedException error)
        {
            throw await generation.ExplainAsync(error).ConfigureAwait(false);
        }
    }

    private async Task<QmpResponse> SendMeasuredAsync(QmpClient session, QmpCommand command, CancellationToken cancellationToken)
    {
        long start = MachineObservers.Clock.GetTimestamp();
        using Activity? activity = MachineTelemetry.BeginCommand(machineName, command.Name);
        Exception? failure = null;
        try
        {
            QmpResponse response = await session.SendAsync(command, cancellationToken).ConfigureAwait(false);
            failure = response.Error is { } error ? new QmpCommandException(command.Name, error.Class, error.Description) : null;
            return response;
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            MachineTelemetry.Answered(command.Name, MachineObservers.Clock.GetElapsedTime(start), activity, failure);
        }
    }

    private QmpClient Session(MachineGeneration generation)
    {
        if (generation.Qmp is { } client)
            return client;
        if (generation.Outcome is not null)
            throw generation.CreateExitedException();
        throw new QemuConfigurationException($"Machine {machineName} has no QMP session: it is being launched, or was built with WithoutQmp().");
    }
}
