namespace Qemu.Machine;

/// <summary>
/// A TCP port of the guest is listened on. QEMU accepts on the host's side whether the guest listens or not, and closes
/// when the guest refused: open is a connection that gives a byte, or one that stays and that the guest has taken.
/// </summary>
internal sealed class PortReadiness(int guestPort) : Readiness
{
    private static readonly TimeSpan s_stay = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a connection that the guest has not answered is looked at before a new one asks again: a guest without a network yet answers nothing.</summary>
    private const int Looks = 10;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    public override string Description => $"port {guestPort} of the guest is open";

    internal override async Task WaitAsync(QemuMachine machine, IReadOnlyList<ConsoleMark> launch, CancellationToken cancellationToken)
    {
        while (!await IsOpenAsync(machine, cancellationToken).ConfigureAwait(false))
            await Task.Delay(s_pause, machine.Waits.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsOpenAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        Stream stream = await machine.ConnectAsync(guestPort, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            for (int look = 0; look < Looks; look++)
            {
                if (await GivesAsync(stream, machine.Waits.TimeProvider, cancellationToken).ConfigureAwait(false) is { } gives)
                    return gives;
                if (!await HostPorts.IsPendingAsync(machine.Qmp, machine.HostPort(guestPort), cancellationToken).ConfigureAwait(false))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether the connection gives a byte; null when it gives nothing and stays.</summary>
    private static async Task<bool?> GivesAsync(Stream stream, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_stay, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await stream.ReadAsync(new byte[1], linked.Token).ConfigureAwait(false) > 0;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
