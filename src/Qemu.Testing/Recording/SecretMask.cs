using System.Collections;
using System.Text;
using System.Text.RegularExpressions;

namespace Qemu.Testing;

/// <summary>
/// Hides what must not be in an artefact: the values of environment variables whose names say that they are secret, and
/// the passwords that QEMU takes in options and commands.
/// </summary>
internal sealed partial class SecretMask
{
    private const string Hidden = "***";

    /// <summary>A shorter value is found by chance in any text.</summary>
    private const int MinimumLength = 6;

    /// <summary>With these begins what the patterns below hide.</summary>
    private static readonly byte[][] s_introductions = ["password="u8.ToArray(), "\"password\""u8.ToArray(), "secret,"u8.ToArray(), "\"qom-type\""u8.ToArray()];

    private readonly string[] _values;
    private readonly byte[][] _bytes;
    private readonly string[] _latin;

    private SecretMask(IEnumerable<string> values)
    {
        // A key of several lines comes line by line.
        _values = [.. values.SelectMany(value => value.Split(['\r', '\n'])).Where(value => value.Length >= MinimumLength).Distinct(StringComparer.Ordinal).OrderByDescending(value => value.Length)];
        _bytes = [.. _values.Select(Encoding.UTF8.GetBytes)];
        _latin = [.. _bytes.Select(Encoding.Latin1.GetString)];
    }

    /// <summary>The mask of this process's environment, as it was first asked for.</summary>
    public static SecretMask Current { get; } = Of(Environment.GetEnvironmentVariables());

    public static SecretMask Of(IDictionary environment) => new(
        environment.Cast<DictionaryEntry>()
            .Where(entry => SecretName().IsMatch((string)entry.Key))
            .Select(entry => (string?)entry.Value ?? ""));

    public string Apply(string text) => Apply(text, _values);

    /// <summary>For UTF-8 and for any other bytes: what is no secret stays as it is.</summary>
    public byte[] Apply(ReadOnlySpan<byte> text) =>
        MayHoldSecret(text) ? Encoding.Latin1.GetBytes(Apply(Encoding.Latin1.GetString(text), _latin)) : text.ToArray();

    /// <summary>Whether there may be something to hide; quick, as floods come by here.</summary>
    public bool MayHoldSecret(ReadOnlySpan<byte> text)
    {
        bool may = text.IndexOf("password"u8) >= 0 || text.IndexOf("secret"u8) >= 0;
        foreach (byte[] value in _bytes)
            may |= text.IndexOf(value) >= 0;
        return may;
    }

    /// <summary>How many bytes at the end may be the beginning of a secret whose rest is still to come.</summary>
    public int UnfinishedLength(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> line = text[(text.LastIndexOf((byte)'\n') + 1)..];
        int unfinished = 0;
        foreach (byte[] value in _bytes)
            unfinished = Math.Max(unfinished, LongestEndThatBegins(value, line));
        foreach (byte[] introduction in s_introductions)
        {
            int at = line.IndexOf(introduction);
            unfinished = Math.Max(unfinished, at >= 0 ? line.Length - at : LongestEndThatBegins(introduction, line));
        }

        return unfinished;
    }

    private static int LongestEndThatBegins(ReadOnlySpan<byte> value, ReadOnlySpan<byte> text)
    {
        for (int length = Math.Min(value.Length - 1, text.Length); length > 0; length--)
        {
            if (text.EndsWith(value[..length]))
                return length;
        }

        return 0;
    }

    private static string Apply(string text, string[] values)
    {
        foreach (string value in values)
            text = text.Replace(value, Hidden, StringComparison.Ordinal);
        return MayHoldPassword(text) ? JsonPassword().Replace(OptionPassword().Replace(text, "$1" + Hidden), "$1\"" + Hidden + "\"") : text;
    }

    private static bool MayHoldPassword(string text) =>
        text.Contains("password", StringComparison.OrdinalIgnoreCase) || text.Contains("secret", StringComparison.Ordinal);

    [GeneratedRegex("TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    /// <summary><c>-object secret,id=x,data=VALUE</c>, <c>-spice password=VALUE</c>.</summary>
    [GeneratedRegex(@"((?:\bsecret\b[^\s']*,data|\bpassword)=)[^ \t\r\n,'""]+", RegexOptions.CultureInvariant)]
    private static partial Regex OptionPassword();

    /// <summary><c>"password": "VALUE"</c>, and the data of an object-add of a secret.</summary>
    [GeneratedRegex(@"(""password""\s*:\s*|""qom-type""\s*:\s*""secret""[^}]*""data""\s*:\s*)""(?:[^""\\]|\\.)*""", RegexOptions.CultureInvariant)]
    private static partial Regex JsonPassword();
}
