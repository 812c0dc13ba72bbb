namespace Qemu.Machine;

/// <summary>Which keys give which characters on a keyboard of the US layout, under QEMU's names for keys (QAPI <c>QKeyCode</c>).</summary>
internal static class UsKeyboard
{
    private static readonly Dictionary<string, string> s_aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["enter"] = "ret", ["return"] = "ret", ["escape"] = "esc", ["del"] = "delete", ["space"] = "spc", ["control"] = "ctrl",
        ["win"] = "meta_l", ["super"] = "meta_l", ["pageup"] = "pgup", ["pagedown"] = "pgdn", ["ins"] = "insert",
    };

    private static readonly Dictionary<char, string> s_plain = new()
    {
        [' '] = "spc", ['\n'] = "ret", ['\t'] = "tab", ['\b'] = "backspace", ['-'] = "minus", ['='] = "equal", ['['] = "bracket_left", [']'] = "bracket_right",
        ['\\'] = "backslash", [';'] = "semicolon", ['\''] = "apostrophe", ['`'] = "grave_accent", [','] = "comma", ['.'] = "dot", ['/'] = "slash",
    };

    private const string Shifted = ")!@#$%^&*(_+{}|:\"~<>?";
    private const string Unshifted = "0123456789-=[]\\;'`,./";

    /// <summary>The keys of a chord such as <c>ctrl-alt-delete</c>.</summary>
    public static IReadOnlyList<string> Chord(string chord) =>
        [.. chord.Split('-', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(key => s_aliases.GetValueOrDefault(key) ?? key)];

    /// <summary>The keys that give a character.</summary>
    /// <exception cref="ArgumentException">None do.</exception>
    public static IReadOnlyList<string> Keys(char character)
    {
        if (char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character))
            return [character.ToString()];
        if (char.IsAsciiLetterUpper(character))
            return ["shift", char.ToLowerInvariant(character).ToString()];
        if (s_plain.TryGetValue(character, out string? key))
            return [key];
        int index = Shifted.IndexOf(character, StringComparison.Ordinal);
        return index >= 0
            ? ["shift", .. Keys(Unshifted[index])]
            : throw new ArgumentException($"No key of a US keyboard gives U+{(int)character:X4}.", nameof(character));
    }
}
