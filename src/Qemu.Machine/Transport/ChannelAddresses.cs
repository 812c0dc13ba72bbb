using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Qemu.Machine;

/// <summary>Where each channel listens: QMP where the user said, the others beside it, on the same kind of address.</summary>
internal sealed class ChannelAddresses
{
    // sun_path of unix(7), without its NUL.
    private const int MaximumPathLength = 107;

    private readonly EndPoint? _qmp;
    private readonly string _directory;
    private readonly string _machineName;

    private ChannelAddresses(EndPoint? qmp, string directory, string machineName)
    {
        _qmp = qmp;
        _directory = directory;
        _machineName = machineName;
    }

    /// <summary>Whether they are Unix sockets in the abstract namespace.</summary>
    public bool AreAbstract => _qmp is UnixDomainSocketEndPoint && _qmp.ToString()!.StartsWith('@');

    /// <summary>The addresses that a specification asks for; null when it leaves the choice.</summary>
    public static ChannelAddresses? Of(QemuMachineSpec spec, string machineName)
    {
        if (spec.QmpEndPoint is null)
            return spec.SocketDirectory is null ? null : new ChannelAddresses(qmp: null, spec.SocketDirectory, machineName);
        string beside = spec.QmpEndPoint is UnixDomainSocketEndPoint ? Path.GetDirectoryName(spec.QmpEndPoint.ToString()) ?? "/" : "";
        return new ChannelAddresses(spec.QmpEndPoint, spec.SocketDirectory ?? beside, machineName);
    }

    public EndPoint For(string channel) => _qmp switch
    {
        not null when channel == MachineChannels.Qmp => _qmp,
        IPEndPoint ip => new IPEndPoint(ip.Address, port: 0),
        _ when AreAbstract => new UnixDomainSocketEndPoint($"\0{_machineName}-{channel}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}"),
        _ => InDirectory(channel),
    };

    private UnixDomainSocketEndPoint InDirectory(string channel)
    {
        string path = Path.Combine(_directory, $"{_machineName}-{channel}.sock");
        return System.Text.Encoding.UTF8.GetByteCount(path) <= MaximumPathLength
            ? new UnixDomainSocketEndPoint(path)
            : throw new QemuConfigurationException(
                $"The socket path '{path}' is longer than the {MaximumPathLength} bytes that the kernel allows: choose a shorter directory with .WithSocketDirectory(…), or leave it out: by default no socket has a path.");
    }
}
