using System.Globalization;

namespace Qemu.Machine;

/// <summary>A TCP or UDP port on the host's loopback that leads to a port of the guest.</summary>
/// <param name="GuestPort">The port in the guest, 1 to 65535.</param>
/// <param name="HostPort">The port on 127.0.0.1; 0, the default, lets QEMU choose a free one: read it with <see cref="QemuMachine.HostPort"/>.</param>
/// <param name="Udp">Whether it is a UDP port.</param>
public sealed record PortForward(int GuestPort, int HostPort = 0, bool Udp = false)
{
    /// <summary>A TCP port of the guest on a host port that QEMU chooses.</summary>
    public static implicit operator PortForward(int guestPort) => new(guestPort);

    /// <summary>A TCP port of the guest on a host port that QEMU chooses.</summary>
    public static PortForward FromInt32(int guestPort) => new(guestPort);

    internal string ToProperty() => string.Create(
        CultureInfo.InvariantCulture,
        $"hostfwd={(Udp ? "udp" : "tcp")}:127.0.0.1:{HostPort}-:{GuestPort}");
}
