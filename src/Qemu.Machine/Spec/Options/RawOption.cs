using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>Generated arguments that nothing needs to understand.</summary>
/// <param name="Arguments">The arguments.</param>
internal sealed record RawOption(ImmutableArray<string> Arguments) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        foreach (string argument in Arguments)
            commandLine.Add(argument);
    }
}
