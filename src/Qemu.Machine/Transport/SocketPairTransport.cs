using System.Globalization;
using System.Net.Sockets;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// The default: connected socket pairs whose other ends QEMU is born with. No file, no name, no port, no accept; nobody
/// else can connect, it works through a <c>chroot</c> wrapper, and it carries descriptors.
/// </summary>
internal sealed class SocketPairTransport(LaunchDescriptors descriptors) : IMachineTransport
{
    private readonly Dictionary<string, Stream> _streams = [];

    public string Open(string name)
    {
        DescriptorPair pair = DescriptorPair.CreateSocketPair();
        int number = descriptors.PassChannel(pair.Theirs);
        _streams.Add(name, new QmpUnixStream(new Socket((SafeSocketHandle)pair.TakeOurs())));
        return string.Create(CultureInfo.InvariantCulture, $"fd={number}");
    }

    public ValueTask<Stream> ConnectAsync(string name, CancellationToken cancellationToken) => new(_streams[name]);

    public void Dispose()
    {
        foreach (Stream stream in _streams.Values)
            stream.Dispose();
    }
}
