namespace Qemu.Machine;

/// <summary>The guest did not get as far as it should, and asks a human for help: systemd, dracut, Debian's initramfs.</summary>
internal sealed record EmergencyShellRule() : PanicRule("emergency shell")
{
    public override IReadOnlyList<string> Triggers { get; } =
        ["You are in emergency mode", "Entering emergency mode", "Give root password for maintenance", "Dropping to a shell!", "(initramfs)"];

    public override bool TakesUnfinishedLines => true;

    // A prompt stands at the start of its line; the text within one is somebody's prose.
    public override string? FindTitle(string line) => line.Contains("(initramfs)", StringComparison.Ordinal)
        ? (line.StartsWith("(initramfs)", StringComparison.Ordinal) ? "emergency shell of the initramfs" : null)
        : FromTrigger(line);
}
