using System.Globalization;
using System.Text;

namespace Qemu.Machine;

/// <summary>
/// Writes the "newc" archive that Linux unpacks into its initial root file system (kernel: Documentation/driver-api/early-userspace/buffer-format.rst):
/// for each member a header of 110 ASCII characters, its name and its content, both padded to four bytes.
/// Owner, times and inode numbers depend on nothing but the order of the members, so equal input gives equal bytes.
/// </summary>
internal sealed class CpioWriter(Stream output)
{
    private const string Magic = "070701";
    private const string TrailerName = "TRAILER!!!";
    private const int HeaderLength = 110;
    private const int BlockLength = 512;

    private static readonly byte[] Zeroes = new byte[BlockLength];

    private long _position;
    private int _inode;

    /// <summary>Writes one member. Parents must come before their children: the kernel creates no missing directories.</summary>
    public async Task WriteAsync(CpioEntry entry, CancellationToken cancellationToken)
    {
        if (entry.OpenAsync is null)
        {
            await WriteHeaderAsync(entry, 0, cancellationToken).ConfigureAwait(false);
            return;
        }

        Stream content = await entry.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            long length = content.Length;
            if (length > uint.MaxValue)
                throw new GuestImageException($"/{entry.Name} is {length} bytes long; an initramfs member ends at 4 GiB. Give the guest such data on a disk.");

            await WriteHeaderAsync(entry, (uint)length, cancellationToken).ConfigureAwait(false);

            long start = _position;
            byte[] buffer = new byte[81920];
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
                await WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);

            if (_position - start != length)
                throw new GuestImageException($"/{entry.Name} changed its length from {length} to {_position - start} bytes while it was read. Build the initramfs once its files are complete.");

            await PadAsync(4, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the end mark and pads to the block length that cpio programs expect; the stream stays open.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await WriteHeaderAsync(new CpioEntry(TrailerName, 0), 0, cancellationToken).ConfigureAwait(false);
        await PadAsync(BlockLength, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteHeaderAsync(CpioEntry entry, uint length, CancellationToken cancellationToken)
    {
        bool trailer = entry.Mode == 0;
        byte[] name = Encoding.UTF8.GetBytes(entry.Name);

        var header = new StringBuilder(Magic, HeaderLength);
        Append(trailer ? 0u : (uint)++_inode);
        Append((uint)entry.Mode);
        Append(0); // uid
        Append(0); // gid
        Append(entry.IsDirectory ? 2u : 1u); // links
        Append(0); // mtime
        Append(length);
        Append(0); // major and minor of the device that held the file
        Append(0);
        Append((uint)entry.DeviceMajor);
        Append((uint)entry.DeviceMinor);
        Append((uint)name.Length + 1);
        Append(0); // check sum, unused by newc

        await WriteAsync(Encoding.ASCII.GetBytes(header.ToString()), cancellationToken).ConfigureAwait(false);
        await WriteAsync(name, cancellationToken).ConfigureAwait(false);
        await WriteAsync(Zeroes.AsMemory(0, 1), cancellationToken).ConfigureAwait(false);
        await PadAsync(4, cancellationToken).ConfigureAwait(false);

        void Append(uint value) => header.Append(CultureInfo.InvariantCulture, $"{value:X8}");
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        _position += bytes.Length;
    }

    private Task PadAsync(int alignment, CancellationToken cancellationToken) =>
        WriteAsync(Zeroes.AsMemory(0, (int)((alignment - (_position % alignment)) % alignment)), cancellationToken);
}
