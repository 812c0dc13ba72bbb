namespace Qemu.Machine;

/// <summary>How much of a console belongs to a panic: from what led to it to the end of its report, which no single line marks.</summary>
internal static class PanicTrace
{
    /// <summary>At most this much is evidence.</summary>
    public const int MaximumLength = 64 * 1024;

    /// <summary>A report is over when the console has been silent for so long.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    /// <summary>It is told after this time even if the console never falls silent.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How far back the lines begin that led to it.</summary>
    private const int Lookback = 2 * 1024;

    /// <summary>
    /// Where the report begins: at the kernel's "cut here" when that is near, else with what the kernel said right before; where its lines cannot be told from
    /// others', some lines earlier.
    /// </summary>
    public static ConsoleMark StartOf(QemuConsole console, PanicSighting sighting)
    {
        long from = Math.Max(0, sighting.Offset - Lookback);
        ReadOnlySpan<byte> before = console.GetBytes(new ConsoleMark(from), new ConsoleMark(sighting.Offset));
        int cut = before.LastIndexOf("[ cut here ]"u8);
        int line = before[..Math.Max(0, cut)].LastIndexOf((byte)'\n') + 1;
        if (cut < 0)
            line = IsKernels(console, sighting) ? StartOfRecords(before) : from == 0 ? 0 : before.IndexOf((byte)'\n') + 1;
        return new ConsoleMark(from + line);
    }

    public static string Read(QemuConsole console, ConsoleMark start)
    {
        long end = Math.Min(console.Mark.Offset, start.Offset + MaximumLength);
        return console.GetText(start, new ConsoleMark(end), MaximumLength);
    }

    private static bool IsKernels(QemuConsole console, PanicSighting sighting) =>
        KernelRecord.Measure(console.GetBytes(new ConsoleMark(sighting.Offset), maximumBytes: 2 * Lookback)) > 0;

    /// <summary>Where the kernel's own lines begin that the text ends with: what stands before them is another program's, perhaps in another test.</summary>
    private static int StartOfRecords(ReadOnlySpan<byte> text)
    {
        int start = text.Length;
        while (start > 0)
        {
            int line = text[..(start - 1)].LastIndexOf((byte)'\n') + 1;
            if (KernelRecord.Measure(text[line..start]) is not > 0)
                break;
            start = line;
        }

        return start;
    }
}
