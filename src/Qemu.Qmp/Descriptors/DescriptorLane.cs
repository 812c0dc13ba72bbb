using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Qemu.Qmp;

// Descriptors go one at a time, because QEMU keeps only the last one that it received: the next goes when the command that takes this one was answered.
[SuppressMessage("Design", "CA1001", Justification = "Commands that still wait for their turn when the session ends must find a semaphore to release.")]
internal sealed class DescriptorLane(CommandWriter writer, PendingCommands pending, Task<QmpDisconnectedException> disconnected)
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<QmpResponse> SendWithAsync(SafeHandle descriptor, QmpCommand command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            PendingCommand entered = pending.Add(command, timeout, cancellationToken, out long id);
            try
            {
                Task sent = writer.SendDescriptorAsync(descriptor, command, id);
                if (await Task.WhenAny(sent, entered.Task).ConfigureAwait(false) == sent)
                    await sent.ConfigureAwait(false);
            }
            catch
            {
                // It was not sent, so no reply will come.
                pending.Take(id);
                throw;
            }

            return await entered.Task.ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task SendAloneAsync(SafeHandle descriptor, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Task sent = writer.SendDescriptorAsync(descriptor, command: null, id: 0);
            await Task.WhenAny(sent, disconnected).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (disconnected.IsCompleted)
                throw (await disconnected.ConfigureAwait(false)).WhileAwaiting("the sending of a descriptor");

            await sent.ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
