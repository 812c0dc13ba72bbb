namespace Tests.Qemu.Machine.Panic;

/// <summary>Firmware with a mistake in its first instructions: protected mode with an empty descriptor table. Each start of it ends in a triple fault.</summary>
internal static class CrashRom
{
    private const int Size = 64 * 1024;
    private const int Start = 0xFF00;
    private const int ResetVector = 0xFFF0;

    private static readonly Lazy<string> s_path = new(Create);

    /// <summary>The image, for <c>-bios</c>.</summary>
    public static string Path => s_path.Value;

    private static string Create()
    {
        byte[] image = new byte[Size];
        byte[] code =
        [
            0xFA,                               // cli
            0x2E, 0x0F, 0x01, 0x16, 0x00, 0xFE, // lgdt cs:[0xFE00], which holds zeros
            0x0F, 0x20, 0xC0,                   // mov eax, cr0
            0x0C, 0x01,                         // or al, 1
            0x0F, 0x22, 0xC0,                   // mov cr0, eax
            0xEA, 0x00, 0x00, 0x08, 0x00,       // jmp 8:0
        ];
        code.CopyTo(image, Start);
        byte[] jump = [0xE9, 0x0D, 0xFF];       // jmp Start, from behind these three bytes
        jump.CopyTo(image, ResetVector);
        string path = System.IO.Path.Combine(AppContext.BaseDirectory, "crashrom.bin");
        File.WriteAllBytes(path, image);
        return path;
    }
}
