namespace Qemu.Machine;

/// <summary>A task waits in the kernel without end.</summary>
internal sealed record HungTaskRule() : PanicRule("hung task")
{
    public override IReadOnlyList<string> Triggers { get; } = [" blocked for more than "];

    public override string? FindTitle(string line) => KernelText(line, "INFO: task ");
}
