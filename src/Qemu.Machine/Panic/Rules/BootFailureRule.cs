namespace Qemu.Machine;

/// <summary>The firmware found nothing to boot: UEFI, SeaBIOS.</summary>
internal sealed record BootFailureRule() : PanicRule("boot failure")
{
    public override IReadOnlyList<string> Triggers { get; } = ["No bootable option or device was found", "No bootable device"];

    public override string? FindTitle(string line) => FromTrigger(line);
}
