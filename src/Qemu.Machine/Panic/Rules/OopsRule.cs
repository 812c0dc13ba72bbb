using System.Text.RegularExpressions;

namespace Qemu.Machine;

/// <summary>
/// A fault in Linux itself. Linux says much the same of a program's faults ("traps: foo[123] general protection fault"),
/// so either the words name the kernel, or the counter of oopses follows: <c>[#1]</c>.
/// </summary>
internal sealed partial record OopsRule() : PanicRule("oops")
{
    public override IReadOnlyList<string> Triggers { get; } =
        ["BUG: unable to handle ", "BUG: kernel NULL pointer dereference", "Unable to handle kernel ", "[#"];

    public override string? FindTitle(string line) => Counted().Match(line) is { Success: true } counted
        ? counted.Groups["what"].Value
        : Triggers.SkipLast(1).Select(trigger => From(line, trigger)).FirstOrDefault(title => title is not null);

    // general protection fault, probably for non-canonical address 0xdead000000000000: 0000 [#1] PREEMPT SMP
    [GeneratedRegex(@"^(\[[^\]]*\]\s*)*(?<what>\S.*?(fault|error|[Oo]ops|opcode|BUG|exception|segment).*?)(: [0-9a-f]+)? \[#\d+\]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Counted();
}
