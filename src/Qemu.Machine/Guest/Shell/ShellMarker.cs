using System.Text;

namespace Qemu.Machine;

/// <summary>
/// A line by which the script in the guest tells where it stands: the control character RS, a letter, and the command's own
/// random number. The typed command line holds these in pieces only, so that its echo is never taken for one.
/// </summary>
internal sealed class ShellMarker(string nonce)
{
    private const byte Separator = 0x1E;

    private readonly byte[] _end = [.. Encoding.ASCII.GetBytes(nonce), (byte)'\n'];

    /// <summary>
    /// Looks for the first marker. Kernel messages within it, and a <c>\r</c> that the terminal put before its line end, are
    /// passed over.
    /// </summary>
    /// <param name="data">What came from the console.</param>
    /// <param name="from">Where to begin; afterwards, where to begin when more data has come: nothing before it belongs to a marker.</param>
    /// <param name="length">The marker's length; it begins at <paramref name="from"/>.</param>
    /// <returns>The marker's letter; null when there is none yet.</returns>
    public char? Find(ReadOnlySpan<byte> data, ref int from, out int length)
    {
        while (true)
        {
            int candidate = data[from..].IndexOf(Separator);
            if (candidate < 0)
            {
                from = data.Length;
                length = 0;
                return null;
            }

            from += candidate;
            char letter = '\0';
            switch (Measure(data[from..], ref letter))
            {
                case null:
                    length = 0;
                    return null;
                case 0:
                    from++;
                    break;
                case { } measured:
                    length = measured;
                    return letter;
            }
        }
    }

    /// <summary>The length of the marker that the data begins with; 0 when it begins with none, null when more data must tell.</summary>
    private int? Measure(ReadOnlySpan<byte> data, ref char letter)
    {
        int position = 1;
        if (!SkipRecords(data, ref position))
            return null;
        if (!char.IsAsciiLetterUpper((char)data[position]))
            return 0;
        letter = (char)data[position++];
        foreach (byte expected in _end)
        {
            if (!SkipRecords(data, ref position))
                return null;
            if (data[position] == (byte)'\r' && expected == (byte)'\n' && ++position == data.Length)
                return null;
            if (data[position++] != expected)
                return 0;
        }

        return position;
    }

    /// <summary>Passes over kernel messages; false when more data must tell where they end.</summary>
    private static bool SkipRecords(ReadOnlySpan<byte> data, ref int position)
    {
        while (true)
        {
            int? record = KernelRecord.Measure(data[position..]);
            if (record is null)
                return false;
            if (record == 0)
                return true;
            position += record.Value;
        }
    }
}
