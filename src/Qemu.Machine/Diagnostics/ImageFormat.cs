namespace Qemu.Machine;

/// <summary>Recognises an image by its first bytes; for advice only, as what a guest wrote to a raw image can look like anything.</summary>
internal static class ImageFormat
{
    private const int SampleLength = 512;

    /// <summary>The name of the format as QEMU knows it, or of another kind of file; <c>raw</c> for what has no mark; null when it cannot be read.</summary>
    public static string? Detect(string path)
    {
        byte[] bytes = new byte[SampleLength];
        try
        {
            using FileStream file = File.OpenRead(path);
            int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Name(bytes.AsSpan(0, count));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string Name(ReadOnlySpan<byte> bytes) => bytes switch
    {
        _ when bytes.StartsWith((ReadOnlySpan<byte>)[(byte)'Q', (byte)'F', (byte)'I', 0xfb]) => "qcow2",
        _ when bytes.StartsWith("KDMV"u8) || bytes.StartsWith("# Disk Descriptor"u8) => "vmdk",
        _ when bytes.StartsWith("vhdxfile"u8) => "vhdx",
        _ when bytes.StartsWith("conectix"u8) => "vpc",
        _ when bytes.Length > 68 && bytes[64..68].SequenceEqual((ReadOnlySpan<byte>)[0x7f, 0x10, 0xda, 0xbe]) => "vdi",
        _ when bytes.StartsWith("LUKS"u8) => "luks",
        _ when bytes.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) => "a gzip archive",
        _ when bytes.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z']) => "an xz archive",
        _ when bytes.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]) => "a zstd archive",
        _ when bytes.StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F']) => "an ELF file",
        _ when bytes.StartsWith("<!DOCTYPE"u8) || bytes.StartsWith("<html"u8) => "a web page (a download that failed)",
        _ when bytes.StartsWith("version https://git-lfs"u8) => "a Git LFS pointer",
        _ => "raw",
    };
}
