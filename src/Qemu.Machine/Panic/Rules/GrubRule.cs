namespace Qemu.Machine;

/// <summary>GRUB found nothing to boot, and stands at its rescue prompt; the trace says why.</summary>
internal sealed record GrubRule() : PanicRule("grub")
{
    public override IReadOnlyList<string> Triggers { get; } = ["grub rescue>", "Entering rescue mode..."];

    public override bool TakesUnfinishedLines => true;

    public override string? FindTitle(string line) => "GRUB: rescue mode";
}
