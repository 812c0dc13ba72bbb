namespace Qemu.Machine;

/// <summary>The guest ran out of memory, and its first process was the victim.</summary>
internal sealed record InitKilledRule() : PanicRule("init killed")
{
    public override IReadOnlyList<string> Triggers { get; } = ["Killed process 1 ("];

    public override string? FindTitle(string line) => KernelText(line, "Out of memory: ") ?? KernelText(line, "Memory cgroup out of memory: ");
}
