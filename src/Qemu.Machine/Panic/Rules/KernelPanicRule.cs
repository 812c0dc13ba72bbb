namespace Qemu.Machine;

/// <summary>Linux gave up.</summary>
internal sealed record KernelPanicRule() : PanicRule("kernel panic")
{
    public override IReadOnlyList<string> Triggers { get; } = ["Kernel panic - not syncing"];

    // "---[ end Kernel panic - not syncing" closes the report of one that was seen before.
    public override string? FindTitle(string line) => line.Contains("[ end ", StringComparison.Ordinal) ? null : FromKernelsTrigger(line);
}
