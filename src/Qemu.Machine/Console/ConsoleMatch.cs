using System.Text.RegularExpressions;

namespace Qemu.Machine;

/// <summary>What a wait on a console found.</summary>
/// <param name="PatternIndex">Which of the patterns it was; 0 when there was one.</param>
/// <param name="Text">The text that matched.</param>
/// <param name="End">The place right after it, in the raw output.</param>
/// <param name="Regex">The match with its groups; null for a pattern that is plain text.</param>
public sealed record ConsoleMatch(int PatternIndex, string Text, ConsoleMark End, Match? Regex);
