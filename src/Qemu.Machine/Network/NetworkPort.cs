using System.Buffers.Binary;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>One machine's cable to a segment: frames in, frames out, each behind its length in four bytes, as QEMU's socket netdev has them.</summary>
/// <param name="stream">This end of the cable.</param>
internal sealed class NetworkPort(Stream stream) : IDisposable
{
    private const int LengthBytes = 4;

    /// <summary>The largest that virtio-net makes, with its headers.</summary>
    private const int MaximumFrame = 128 * 1024;

    /// <summary>A machine that takes no frames loses them, as on any network.</summary>
    private const int MaximumQueued = 1000;

    private readonly Channel<ReadOnlyMemory<byte>> _outgoing = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(MaximumQueued) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Carries frames until the machine's end of the cable is gone.</summary>
    public async Task RunAsync(Action<NetworkPort, ReadOnlyMemory<byte>> received, ILogger logger)
    {
        Task sending = SendAsync();
        try
        {
            byte[] prefix = new byte[LengthBytes];
            while (await stream.ReadAtLeastAsync(prefix, LengthBytes, throwOnEndOfStream: false).ConfigureAwait(false) == LengthBytes)
            {
                int length = BinaryPrimitives.ReadInt32BigEndian(prefix);
                if (length is < 0 or > MaximumFrame)
                    throw new InvalidDataException($"A frame of {length} bytes came from QEMU.");
                byte[] frame = new byte[length];
                await stream.ReadExactlyAsync(frame).ConfigureAwait(false);
                received(this, frame);
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidDataException)
        {
            logger.LogDebug(error, "A network port was cut off");
        }
        finally
        {
            _outgoing.Writer.Complete();
            Dispose();
            await sending.ConfigureAwait(false);
        }
    }

    /// <summary>Queues a frame for the machine.</summary>
    public void Send(ReadOnlyMemory<byte> frame) => _outgoing.Writer.TryWrite(frame);

    public void Dispose() => stream.Dispose();

    private async Task SendAsync()
    {
        try
        {
            await foreach (ReadOnlyMemory<byte> frame in _outgoing.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                byte[] packet = new byte[LengthBytes + frame.Length];
                BinaryPrimitives.WriteInt32BigEndian(packet, frame.Length);
                frame.CopyTo(packet.AsMemory(LengthBytes));
                await stream.WriteAsync(packet).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The machine is gone; the reading half says so.
        }
    }
}
