namespace Qemu.Machine;

/// <summary>
/// A message that the kernel put on the console in the midst of somebody else's output. The kernel writes a record in one
/// piece, <c>[    5.123456] text\r\n</c>, at any byte: what surrounds it stays whole.
/// </summary>
internal static class KernelRecord
{
    /// <summary>Longer than any line that the kernel prints.</summary>
    private const int MaximumLength = 4096;

    /// <summary>The length of the record that the data begins with; 0 when it begins with none, null when more data must tell.</summary>
    public static int? Measure(ReadOnlySpan<byte> data)
    {
        int i = 0;
        if (data.IsEmpty)
            return null;
        if (data[i++] != (byte)'[')
            return 0;
        while (i < data.Length && data[i] == (byte)' ')
            i++;
        int seconds = i;
        while (i < data.Length && char.IsAsciiDigit((char)data[i]))
            i++;
        if (i < data.Length && (i == seconds || data[i] != (byte)'.'))
            return 0;
        int fraction = ++i;
        while (i < data.Length && char.IsAsciiDigit((char)data[i]))
            i++;
        if (i < data.Length && (i - fraction != 6 || data[i] != (byte)']'))
            return 0;
        if (i >= data.Length)
            return data.Length > MaximumLength ? 0 : null;
        int end = data[..Math.Min(data.Length, MaximumLength)].IndexOf((byte)'\n');
        if (end >= 0)
            return data[end - 1] == (byte)'\r' ? end + 1 : 0;
        return data.Length > MaximumLength ? 0 : null;
    }

    /// <summary>The data without the records in it.</summary>
    public static byte[] RemoveAll(ReadOnlySpan<byte> data)
    {
        byte[] rest = new byte[data.Length];
        int length = 0;
        while (!data.IsEmpty)
        {
            int plain = data.IndexOf((byte)'[');
            if (plain < 0)
                plain = data.Length;
            data[..plain].CopyTo(rest.AsSpan(length));
            length += plain;
            data = data[plain..];
            if (data.IsEmpty)
                break;
            int record = Measure(data) ?? 0;
            if (record == 0)
            {
                rest[length++] = data[0];
                record = 1;
            }

            data = data[record..];
        }

        return rest[..length];
    }
}
