using System.Buffers.Binary;

namespace Qemu.Machine;

/// <summary>What a machine's screen showed at one moment.</summary>
public sealed class Screenshot
{
    // The header chunk of a PNG file is its first: signature, length, "IHDR", then width and height.
    private const int WidthOffset = 16;
    private const int HeightOffset = 20;

    internal Screenshot(byte[] png)
    {
        Png = png;
        Width = (int)BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(WidthOffset));
        Height = (int)BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(HeightOffset));
    }

    /// <summary>The picture as a PNG file's content.</summary>
    public ReadOnlyMemory<byte> Png { get; }

    /// <summary>Its width in pixels.</summary>
    public int Width { get; }

    /// <summary>Its height in pixels.</summary>
    public int Height { get; }

    /// <summary>Writes it to a file.</summary>
    public async Task SaveAsync(string path, CancellationToken cancellationToken = default)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        await using (file.ConfigureAwait(false))
            await file.WriteAsync(Png, cancellationToken).ConfigureAwait(false);
    }
}
