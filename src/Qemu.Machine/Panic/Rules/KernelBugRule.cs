namespace Qemu.Machine;

/// <summary>A BUG() in Linux: a condition that its author held impossible.</summary>
internal sealed record KernelBugRule() : PanicRule("kernel bug")
{
    public override IReadOnlyList<string> Triggers { get; } = ["kernel BUG at "];

    public override string? FindTitle(string line) => FromKernelsTrigger(line);
}
