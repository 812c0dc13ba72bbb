namespace Qemu.Machine;

/// <summary>A CPU does nothing but run kernel code, or takes no interrupts.</summary>
internal sealed record LockupRule() : PanicRule("lockup")
{
    public override IReadOnlyList<string> Triggers { get; } = ["BUG: soft lockup", "hard LOCKUP", "BUG: workqueue lockup"];

    public override string? FindTitle(string line) => line.Contains("LOCKUP", StringComparison.Ordinal)
        ? From(line, "Watchdog detected hard LOCKUP") ?? From(line, "hard LOCKUP")
        : FromTrigger(line);
}
