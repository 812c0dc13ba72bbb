namespace Qemu.Machine;

/// <summary>
/// A guest that proves an accelerator: it enters 64-bit mode with paging, computes with SSE2, checks the result and ends QEMU
/// with an exit code of its own through <see cref="Device"/>. Takes about 40 ms where it works; where it does not, QEMU stops the
/// guest or hangs, for instance with <c>KVM internal error</c> in its output, so the caller sets a deadline.
/// </summary>
internal static class ProbeRom
{
    /// <summary>QEMU's exit code when everything ran and the results are right.</summary>
    public const int Proven = 43;

    /// <summary>QEMU's exit code when everything ran and a result is wrong.</summary>
    public const int Wrong = 45;

    /// <summary>QEMU's exit code when the CPU model has no 64-bit mode: nothing is proven.</summary>
    public const int Without64BitMode = 47;

    /// <summary>The <c>-device</c> that makes the guest's verdict QEMU's exit code.</summary>
    public const string Device = "isa-debug-exit,iobase=0xf4,iosize=4";

    /// <summary>The least that QEMU takes for <c>-bios</c>; the ROM is at its end.</summary>
    private const int ImageSize = 64 * 1024;

    /// <summary>The image for <c>-bios</c>. Built by <c>build</c> beside this file from <c>probe.S</c>.</summary>
    public static byte[] Image()
    {
        using Stream rom = typeof(ProbeRom).Assembly.GetManifestResourceStream("Qemu.Machine.ProbeRom.bin")
            ?? throw new InvalidOperationException("The probe ROM is not embedded in this build of Qemu.Machine.");
        byte[] image = new byte[ImageSize];
        rom.ReadExactly(image.AsSpan(ImageSize - checked((int)rom.Length)));
        return image;
    }
}
