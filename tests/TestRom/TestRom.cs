using System.Globalization;
using System.Text;

namespace Tests;

/// <summary>The guest of tests/TestRom; its README.md describes what it does on command.</summary>
internal static class TestRom
{
    /// <summary>What the guest prints when it listens, at the start and after each reset.</summary>
    public const string Ready = "TESTROM READY";

    /// <summary>The line after the bytes of <c>flood</c>.</summary>
    public const string FloodDone = "flood done";

    /// <summary>The answer to <c>long</c> on a CPU and an accelerator that compute correctly.</summary>
    public const string LongOk = "LONG OK 7d0063830e9e0571";

    /// <summary>The isa-debug-exit device where the ROM's <c>exit</c> expects it.</summary>
    public const string DebugExitDevice = "isa-debug-exit,iobase=0xf4,iosize=4";

    private const int FloodLine = 64;

    /// <summary>The firmware image, for <c>-bios</c>: an absolute path.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "testrom.bin");

    /// <summary>The bytes that <c>flood</c> prints before <c>flood done</c>.</summary>
    /// <param name="count">How many, as given to <c>flood</c>.</param>
    public static byte[] Flood(int count)
    {
        byte[] bytes = new byte[count];
        Span<byte> line = stackalloc byte[FloodLine];
        for (int start = 0, number = 0; start < count; start += FloodLine, number++)
        {
            Encoding.ASCII.GetBytes(number.ToString("x8", CultureInfo.InvariantCulture), line);
            line[8] = (byte)' ';
            for (int column = 0; column < FloodLine - 11; column++)
                line[9 + column] = (byte)('A' + ((number + column) % 26));
            "\r\n"u8.CopyTo(line[^2..]);
            line[..Math.Min(FloodLine, count - start)].CopyTo(bytes.AsSpan(start));
        }

        return bytes;
    }

    /// <summary>The exit code of QEMU after <c>exit</c>.</summary>
    /// <param name="value">The value given to <c>exit</c>, 0 to 127.</param>
    public static int ExitCode(int value) => (value << 1) | 1;
}
