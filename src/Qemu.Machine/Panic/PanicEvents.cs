using System.Collections.Immutable;
using System.Text.Json;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>What QEMU itself tells of a guest's panic.</summary>
internal static class PanicEvents
{
    /// <summary>Not an event of QEMU's: a reset that, by QEMU's log of CPU resets, the guest did not ask for.</summary>
    public const string TripleFault = "triple fault";

    public static ImmutableArray<string> Names { get; } = ["GUEST_PANICKED", "GUEST_CRASHLOADED", "WATCHDOG", TripleFault];

    /// <param name="registers">The CPU's state.</param>
    public static GuestPanic DescribeTripleFault(string registers) =>
        new("Triple fault: the CPU could not handle an exception and reset itself", TripleFault, registers, Console: null, Start: null, IsAllowed: false);

    public static GuestPanic Describe(QmpEvent qmpEvent)
    {
        string what = qmpEvent.Name switch
        {
            "GUEST_CRASHLOADED" => "the guest's kernel panicked and starts its crash kernel",
            "WATCHDOG" => "the guest's watchdog expired",
            _ => "the guest's kernel panicked",
        };
        string action = qmpEvent.Data.TryGetProperty("action", out JsonElement value) && value.GetString() is { } name ? $" (action: {name})" : "";
        return new GuestPanic($"{qmpEvent.Name}: {what}{action}", qmpEvent.Name, qmpEvent.Data.GetRawText(), Console: null, Start: null, IsAllowed: false);
    }
}
