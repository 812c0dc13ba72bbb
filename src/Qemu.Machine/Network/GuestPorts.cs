using System.Net;
using System.Net.Sockets;

namespace Qemu.Machine;

/// <summary>Ways from this process to the guest's ports, through the forwards of its user-mode networks.</summary>
internal sealed class GuestPorts(string machineName, MachineLives lives)
{
    /// <summary>QEMU listens as long as it lives; a process that dies closes its sockets a moment before its exit is seen.</summary>
    private static readonly TimeSpan s_dying = TimeSpan.FromSeconds(2);

    public int HostPort(int guestPort, bool udp)
    {
        if (lives.Current is not { IsRunning: true } generation)
            throw new QemuConfigurationException($"Machine {machineName} has no host ports: it is not running.");
        return generation.HostPorts.TryGetValue((guestPort, udp), out int port)
            ? port
            : throw new QemuConfigurationException(
                $"Machine {machineName} has no host port for {(udp ? "UDP" : "TCP")} port {guestPort} of the guest: add .WithUserNetwork({guestPort}).");
    }

    public async Task<Stream> ConnectAsync(int guestPort, CancellationToken cancellationToken)
    {
        int port = HostPort(guestPort, udp: false);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException error) when (lives.Current is { } generation)
        {
            socket.Dispose();
            if (await EndsAsync(generation, cancellationToken).ConfigureAwait(false))
                throw generation.CreateExitedException(error);
            throw;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public HttpClient CreateHttpClient(int guestPort)
    {
        _ = HostPort(guestPort, udp: false);
        return new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) => await ConnectAsync(guestPort, token).ConfigureAwait(false),
            UseProxy = false,
        })
        {
            BaseAddress = new Uri("http://localhost/"),
        };
    }

    private static async Task<bool> EndsAsync(MachineGeneration generation, CancellationToken cancellationToken)
    {
        try
        {
            await generation.Ended.WaitAsync(s_dying, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
