using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Qemu.Testing;

/// <summary>Makes names of files from names of tests, whatever is in those.</summary>
internal static class ArtifactName
{
    private const int MaximumLength = 80;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+=.,()");

    /// <summary>A name for one level of a path: at most 80 ASCII characters, no separators, no dots at its ends. What had to be changed gets a hash, so that different names stay different.</summary>
    public static string Segment(string name)
    {
        string readable = Readable(name);
        return readable.Length > 0 && string.Equals(readable, name, StringComparison.Ordinal) && !IsDeviceName(name)
            ? readable
            : Join(readable, name);
    }

    /// <summary>A name with a hash in any case: two rows of a theory may look the same and are not.</summary>
    public static string HashedSegment(string name, string identity) => Join(Readable(name), identity);

    private static string Readable(string name)
    {
        var text = new StringBuilder();
        foreach (char character in name.AsSpan(0, Math.Min(name.Length, 4 * MaximumLength)))
        {
            if (s_allowed.Contains(character))
                text.Append(character);
            else if (text.Length > 0 && text[^1] != '_' && character != '"')
                text.Append('_');
        }

        if (text.Length > MaximumLength)
            text.Length = MaximumLength;
        return text.ToString().Trim('.', '_', '-', ' ');
    }

    private static string Join(string readable, string identity)
    {
        string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(identity)), 0, 5).ToLowerInvariant();
        string head = readable.Length <= MaximumLength - hash.Length - 1 ? readable : readable[..(MaximumLength - hash.Length - 1)];
        return head.Length == 0 ? hash : $"{head.TrimEnd('.', '_', '-')}-{hash}";
    }

    /// <summary>Names that are devices on Windows, where artefacts may be unpacked.</summary>
    private static bool IsDeviceName(string name) => name.Split('.')[0].ToUpperInvariant() is "CON" or "PRN" or "AUX" or "NUL"
        or ['C', 'O', 'M', >= '0' and <= '9'] or ['L', 'P', 'T', >= '0' and <= '9'];
}
