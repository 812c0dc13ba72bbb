using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Qemu.Machine;

/// <summary>What the kernel wrote of late, where this user may read it (root, mostly; not in a container).</summary>
internal static class KernelLog
{
    /// <summary>One record at a time is read, and none is longer.</summary>
    private const int RecordSize = 8192;

    /// <summary>Bounds the reading of a log that grows meanwhile.</summary>
    private const int MaximumRecords = 100_000;

    /// <summary>Whether the kernel says that it killed a process for lack of memory.</summary>
    public static bool TellsOfKill(int processId)
    {
        string victim = string.Create(CultureInfo.InvariantCulture, $"Killed process {processId} (");
        return Records().Any(record => record.Contains("out of memory", StringComparison.OrdinalIgnoreCase) && record.Contains(victim, StringComparison.Ordinal));
    }

    /// <summary>The records that there are; a read at the end of them fails instead of waiting.</summary>
    private static IEnumerable<string> Records()
    {
        using SafeFileHandle? log = Libc.OpenWithoutWaiting("/dev/kmsg");
        byte[] buffer = new byte[RecordSize];
        for (int i = 0; log is not null && i < MaximumRecords; i++)
        {
            int length = Libc.Read(log, buffer);
            if (length <= 0)
                yield break;
            yield return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }
}
