namespace Qemu.Machine;

/// <summary>A CPU holds up the kernel's read-copy-update.</summary>
internal sealed record RcuStallRule() : PanicRule("rcu stall")
{
    public override IReadOnlyList<string> Triggers { get; } = ["detected stall", "self-detected stall", "detected expedited stall"];

    public override string? FindTitle(string line) => KernelText(line, "rcu: INFO: ") ?? KernelText(line, "INFO: rcu");
}
