using System.Globalization;

namespace Qemu.Testing;

/// <summary>Tells that a machine waits for room, and for whom: soon at first, then ever more seldom.</summary>
internal sealed class WaitNotice(Action<string> tell, TimeProvider time)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    private readonly long _start = time.GetTimestamp();
    private TimeSpan _next = s_first;

    private TimeSpan Waited => time.GetElapsedTime(_start);

    public void Waiting(IReadOnlyList<MachineClaim> holders)
    {
        if (Waited < _next)
            return;
        tell(string.Create(CultureInfo.InvariantCulture, $"waiting for a machine slot: held by {Describe(holders)}, for {Waited.TotalSeconds:0} s"));
        _next += _next * 2 < s_longest ? _next * 2 : s_longest;
    }

    public void Ended()
    {
        if (_next > s_first)
            tell(string.Create(CultureInfo.InvariantCulture, $"waited {Waited.TotalSeconds:0} s for a machine slot"));
    }

    private static string Describe(IReadOnlyList<MachineClaim> holders) => holders.Count == 0
        ? "others that wait too"
        : string.Join(", ", holders.GroupBy(static holder => (holder.ProcessId, holder.Assembly)).Select(static group =>
            string.Create(CultureInfo.InvariantCulture, $"pid {group.Key.ProcessId} ({group.Key.Assembly}{(group.Count() > 1 ? $", {group.Count()} machines" : "")})")));
}
