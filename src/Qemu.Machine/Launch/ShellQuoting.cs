using System.Buffers;

namespace Qemu.Machine;

/// <summary>Quotes words for a POSIX shell, where they need it.</summary>
internal static class ShellQuoting
{
    private static readonly SearchValues<char> s_safe =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+,./:@%");

    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    public static string Quote(string argument) => argument.Length > 0 && !argument.AsSpan().ContainsAnyExcept(s_safe)
        ? argument
        : "'" + argument.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
}
