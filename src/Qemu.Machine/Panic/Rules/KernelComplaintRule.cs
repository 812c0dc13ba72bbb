namespace Qemu.Machine;

/// <summary>Linux says <c>BUG:</c> of itself: sleeping in atomic context, a bad page, corrupted lists and the like.</summary>
internal sealed record KernelComplaintRule() : PanicRule("kernel complaint")
{
    public override IReadOnlyList<string> Triggers { get; } = ["BUG: "];

    public override string? FindTitle(string line) => KernelText(line, "BUG: ");
}
