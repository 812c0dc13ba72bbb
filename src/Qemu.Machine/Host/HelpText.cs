using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>Reads what QEMU prints for <c>-netdev help</c> and its like: a heading that ends in a colon, then a name a line.</summary>
internal static class HelpText
{
    public static ImmutableArray<string> Names(string text) =>
    [
        .. text.Split('\n', StringSplitOptions.TrimEntries)
            .SkipWhile(line => !line.EndsWith(':') || line.Contains(": ", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.Length > 0)
            .Where(line => line.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')),
    ];
}
