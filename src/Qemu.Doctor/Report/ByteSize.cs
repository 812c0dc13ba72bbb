using System.Globalization;

namespace Qemu.Doctor;

/// <summary>Sizes for people.</summary>
internal static class ByteSize
{
    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Format(long bytes)
    {
        double size = bytes;
        int unit = 0;
        for (; size >= 1024 && unit < s_units.Length - 1; unit++)
            size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {s_units[unit]}");
    }
}
