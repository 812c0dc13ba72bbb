using System.Buffers.Binary;
using System.Text;

namespace Qemu.Machine;

/// <summary>What an x86 kernel image says of itself in its setup header (kernel: Documentation/arch/x86/boot.rst).</summary>
internal static class KernelImage
{
    private const int MagicAt = 0x202;
    private const int VersionPointerAt = 0x20E;
    private const int SetupStart = 0x200;
    private const int MaximumSetupLength = 32 * 1024;

    /// <summary>The release, the first word of the kernel's version text; null for an image of another architecture.</summary>
    /// <exception cref="GuestImageException">The image cannot be read.</exception>
    public static string? ReadRelease(string path)
    {
        byte[] setup = new byte[MaximumSetupLength];
        int length;
        try
        {
            using FileStream image = File.OpenRead(path);
            length = image.ReadAtLeast(setup, setup.Length, throwOnEndOfStream: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GuestImageException($"The kernel {path} cannot be read: {error.Message}", error);
        }

        if (length < VersionPointerAt + 2 || !setup.AsSpan(MagicAt).StartsWith("HdrS"u8))
            return null;

        int start = BinaryPrimitives.ReadUInt16LittleEndian(setup.AsSpan(VersionPointerAt)) + SetupStart;
        int end = start < length ? setup.AsSpan(start, length - start).IndexOfAny((byte)' ', (byte)0) : -1;
        return start > SetupStart && end > 0 ? Encoding.ASCII.GetString(setup, start, end) : null;
    }
}
