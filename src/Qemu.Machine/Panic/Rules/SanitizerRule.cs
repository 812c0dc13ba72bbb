namespace Qemu.Machine;

/// <summary>One of Linux's memory and race detectors found something.</summary>
internal sealed record SanitizerRule() : PanicRule("kernel sanitizer")
{
    public override IReadOnlyList<string> Triggers { get; } = ["BUG: KASAN: ", "BUG: KFENCE: ", "BUG: KMSAN: ", "BUG: KCSAN: "];

    public override string? FindTitle(string line) => FromKernelsTrigger(line);
}
