using System.Text.Json;

namespace Qemu.Qmp;

/// <summary>What QEMU said when the connection was made.</summary>
/// <param name="Version">QEMU's version: major, minor and micro, such as 7.2.22.</param>
/// <param name="Package">The distribution's own version, such as <c>Debian 1:7.2+dfsg-7+deb12u18</c>; often empty.</param>
/// <param name="Capabilities">What the monitor can do beyond the base protocol: <c>oob</c>.</param>
public sealed record QmpGreeting(Version Version, string Package, IReadOnlyList<string> Capabilities)
{
    internal static QmpGreeting Parse(ReadOnlySpan<byte> line)
    {
        QmpMessage message = QmpMessage.Parse(line);
        try
        {
            if (message.Kind != QmpMessageKind.Greeting)
                throw new QmpProtocolException("the first line is not a greeting", Excerpt.Of(line));

            JsonElement version = message.Greeting.GetProperty("version"u8);
            JsonElement qemu = version.GetProperty("qemu"u8);
            return new QmpGreeting(
                new Version(qemu.GetProperty("major"u8).GetInt32(), qemu.GetProperty("minor"u8).GetInt32(), qemu.GetProperty("micro"u8).GetInt32()),
                version.TryGetProperty("package"u8, out JsonElement package) ? package.GetString() ?? "" : "",
                [.. message.Greeting.GetProperty("capabilities"u8).EnumerateArray().Select(capability => capability.GetString()!)]);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            throw new QmpProtocolException("the greeting lacks the version or the capabilities", Excerpt.Of(line), error);
        }
    }
}
