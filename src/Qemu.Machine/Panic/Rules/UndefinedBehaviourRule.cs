namespace Qemu.Machine;

/// <summary>Linux's UBSAN found undefined behaviour.</summary>
internal sealed record UndefinedBehaviourRule() : PanicRule("ubsan")
{
    public override IReadOnlyList<string> Triggers { get; } = ["UBSAN: "];

    public override string? FindTitle(string line) => KernelText(line, "UBSAN: ");
}
