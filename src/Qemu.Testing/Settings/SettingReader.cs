using System.Globalization;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Reads the <c>XUNIT_QEMU_*</c> variables; what cannot be understood is an error that names variable, value and what is allowed.</summary>
internal sealed class SettingReader(Func<string, string?> read)
{
    private const string Prefix = "XUNIT_QEMU_";

    /// <summary>The value as it is; null when the variable is unset or empty.</summary>
    public string? Text(string name) => read(Prefix + name) is { Length: > 0 } value ? value : null;

    public string? OneOf(string name, params IReadOnlyList<string> allowed)
    {
        string? value = Text(name);
        return value is null || allowed.Contains(value, StringComparer.Ordinal)
            ? value
            : throw Invalid(name, value, $"one of {string.Join(", ", allowed)}");
    }

    /// <summary>An accelerator, with any properties after a comma.</summary>
    public string? Accelerator(string name, params IReadOnlyList<string> known)
    {
        string? value = Text(name);
        return value is null || known.Contains(value.Split(',')[0], StringComparer.Ordinal)
            ? value
            : throw Invalid(name, value, $"one of {string.Join(", ", known)}, with any properties after a comma");
    }

    public string? ExistingDirectory(string name)
    {
        string? value = Text(name);
        return value is null || Directory.Exists(value)
            ? FullPath(value)
            : throw Invalid(name, value, "the path of a directory that exists");
    }

    public string? NewDirectory(string name)
    {
        string? value = Text(name);
        return value is null || !File.Exists(value)
            ? FullPath(value)
            : throw Invalid(name, value, "the path of a directory; this is a file");
    }

    public int? PositiveNumber(string name)
    {
        string? value = Text(name);
        if (value is null)
            return null;
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw Invalid(name, value, "a whole number, at least 1");
    }

    public double? PositiveFactor(string name)
    {
        string? value = Text(name);
        if (value is null)
            return null;
        return double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor)
            && factor > 0 && double.IsFinite(factor)
            ? factor
            : throw Invalid(name, value, "a positive number with a point, such as 2.5");
    }

    /// <summary>A size in bytes; as QEMU has it, a bare number is MiB.</summary>
    public long? Size(string name)
    {
        string? value = Text(name);
        if (value is null)
            return null;
        int shift = char.ToUpperInvariant(value[^1]) switch { 'K' => 10, 'G' => 30, 'T' => 40, _ => 20 };
        string digits = char.IsAsciiLetter(value[^1]) && "KMGTkmgt".Contains(value[^1], StringComparison.Ordinal) ? value[..^1] : value;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number > 0 && number <= long.MaxValue >> shift
            ? number << shift
            : throw Invalid(name, value, "a size such as 512M or 8G; a bare number is MiB");
    }

    /// <summary>A time: <c>90</c> or <c>90s</c>, <c>5m</c>, <c>1h</c>; null for <c>off</c>.</summary>
    public TimeSpan? Duration(string name, TimeSpan orElse)
    {
        string? value = Text(name);
        if (value is null)
            return orElse;
        if (value == "off")
            return null;
        int unit = value[^1] switch { 'm' => 60, 'h' => 3600, _ => 1 };
        string digits = value[^1] is 's' or 'm' or 'h' ? value[..^1] : value;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 && number <= 30 * 24 * 3600 / unit
            ? TimeSpan.FromSeconds((long)number * unit)
            : throw Invalid(name, value, "a time such as 90s, 5m or 1h, or off");
    }

    public IReadOnlyList<string> Words(string name)
    {
        string? value = Text(name);
        if (value is null)
            return [];
        string[] words = value.Split(',', StringSplitOptions.TrimEntries);
        return words.Any(word => word.Length == 0 || word.Any(char.IsWhiteSpace))
            ? throw Invalid(name, value, "names with a comma between them, such as accel,binary")
            : words;
    }

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);

    private static QemuConfigurationException Invalid(string name, string value, string allowed) =>
        new($"The environment variable {Prefix}{name} is '{value}'. Allowed: {allowed}.");
}
