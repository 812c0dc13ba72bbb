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

    private readonly string[] _values;
    private readonly byte[][] _bytes;

    private SecretMask(IEnumerable<string> values)
    {
        _values = [.. values.Where(value => value.Length >= MinimumLength).Distinct(StringComparer.Ordinal).OrderByDescending(value => value.Length)];
        _bytes = [.. _values.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>The mask of this process's environment, as it was first asked for.</summary>
    public static SecretMask Current { get; } = Of(Environment.GetEnvironmentVariables());

    public static SecretMask Of(IDictionary environment) => new(
        environment.Cast<DictionaryEntry>()
            .Where(entry => SecretName().IsMatch((string)entry.Key))
            .Select(entry => (string?)entry.Value ?? ""));

    public string Apply(string text)
    {
        foreach (string value in _values)
            text = text.Replace(value, Hidden, StringComparison.Ordinal);
        return MayHoldPassword(text) ? JsonPassword().Replace(OptionPassword().Replace(text, "$1" + Hidden), "$1\"" + Hidden + "\"") : text;
    }

    /// <summary>For UTF-8; what is none of it stays as it is unless there is something to hide.</summary>
    public byte[] Apply(ReadOnlySpan<byte> text)
    {
        bool found = MayHoldPassword(text);
        foreach (byte[] value in _bytes)
            found |= text.IndexOf(value) >= 0;
        return found ? Encoding.UTF8.GetBytes(Apply(Encoding.UTF8.GetString(text))) : text.ToArray();
    }

    private static bool MayHoldPassword(string text) =>
        text.Contains("password", StringComparison.OrdinalIgnoreCase) || text.Contains("secret", StringComparison.Ordinal);

    private static bool MayHoldPassword(ReadOnlySpan<byte> text) =>
        text.IndexOf("password"u8) >= 0 || text.IndexOf("secret"u8) >= 0;

    [GeneratedRegex("TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    /// <summary><c>-object secret,id=x,data=VALUE</c>, <c>-spice password=VALUE</c>.</summary>
    [GeneratedRegex(@"((?:\bsecret\b[^\s']*,data|\bpassword)=)[^\s,'""]+", RegexOptions.CultureInvariant)]
    private static partial Regex OptionPassword();

    /// <summary><c>"password": "VALUE"</c>, and the data of an object-add of a secret.</summary>
    [GeneratedRegex(@"(""password""\s*:\s*|""qom-type""\s*:\s*""secret""[^}]*""data""\s*:\s*)""(?:[^""\\]|\\.)*""", RegexOptions.CultureInvariant)]
    private static partial Regex JsonPassword();
}
