using System.Text.Json;

namespace Qemu.Qmp;

internal static class QmpTimestamp
{
    private const long LastSecond = 253_402_300_799;    // the end of the year 9999

    // QEMU sends -1 for both parts when its host's clock could not be read.
    public static DateTimeOffset? Read(JsonElement timestamp)
    {
        if (timestamp.ValueKind != JsonValueKind.Object
            || !TryRead(timestamp, "seconds"u8, LastSecond, out long seconds)
            || !TryRead(timestamp, "microseconds"u8, 999_999, out long microseconds))
        {
            return null;
        }

        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
    }

    private static bool TryRead(JsonElement timestamp, ReadOnlySpan<byte> name, long maximum, out long value)
    {
        value = 0;
        return timestamp.TryGetProperty(name, out JsonElement part)
            && part.ValueKind == JsonValueKind.Number
            && part.TryGetInt64(out value)
            && value >= 0
            && value <= maximum;
    }
}
