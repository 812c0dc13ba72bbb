using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Qemu.Machine;

/// <summary>Makes a result of what a command's script sent: standard output between two markers, and a summary after them.</summary>
internal static partial class ShellOutput
{
    /// <param name="command">The command.</param>
    /// <param name="wire">Standard output as it came.</param>
    /// <param name="summary">Exit code in braces, SHA-256 of what travelled in angle brackets, standard error as base64 all around them.</param>
    /// <param name="encoding">How standard output travelled.</param>
    /// <exception cref="GuestShellException">Something else wrote into it.</exception>
    public static ShellResult Parse(string command, ReadOnlySpan<byte> wire, ReadOnlySpan<byte> summary, ShellEncoding encoding)
    {
        string told = Encoding.Latin1.GetString(KernelRecord.RemoveAll(summary));
        Match exitCode = ExitCode().Match(told);
        Match checksum = Checksum().Match(told);
        if (!exitCode.Success)
            throw Damaged(command, wire, "its exit code cannot be read");
        byte[]? output = checksum.Success
            ? Restore(wire, checksum.Groups[1].Value)
            : KernelRecord.RemoveAll(wire);
        if (output is null || !TryDecode(output, encoding, out byte[] decoded))
            throw Damaged(command, wire, "its output is not what the guest sent");
        if (!TryDecodeBase64(NotBase64().Replace(told.Remove(checksum.Index, checksum.Length), ""), out byte[] error))
            throw Damaged(command, wire, "its standard error is not what the guest sent");
        return new ShellResult(command, int.Parse(exitCode.Groups[1].ValueSpan, CultureInfo.InvariantCulture), decoded, error);
    }

    /// <summary>The output that fits the checksum which the guest made: as it came, else without kernel messages and with the line ends that it had before the terminal changed them; null when neither fits.</summary>
    private static byte[]? Restore(ReadOnlySpan<byte> wire, string checksum)
    {
        if (Fits(wire))
            return wire.ToArray();
        byte[] quiet = KernelRecord.RemoveAll(wire);
        if (Fits(quiet))
            return quiet;
        byte[] plain = UndoLineEnds(quiet);
        return Fits(plain) ? plain : null;

        bool Fits(ReadOnlySpan<byte> data) => Convert.ToHexString(SHA256.HashData(data)).Equals(checksum, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A terminal that could not be told otherwise puts a <c>\r</c> before each <c>\n</c>, even one that has a <c>\r</c> of its own: that can be undone exactly.</summary>
    private static byte[] UndoLineEnds(ReadOnlySpan<byte> data)
    {
        var plain = new ArrayBufferWriter<byte>(Math.Max(1, data.Length));
        while (data.IndexOf("\r\n"u8) is >= 0 and var end)
        {
            plain.Write(data[..end]);
            plain.Write("\n"u8);
            data = data[(end + 2)..];
        }

        plain.Write(data);
        return plain.WrittenSpan.ToArray();
    }

    private static bool TryDecode(byte[] output, ShellEncoding encoding, out byte[] decoded)
    {
        decoded = output;
        return encoding != ShellEncoding.Base64 || TryDecodeBase64(Encoding.Latin1.GetString(output), out decoded);
    }

    private static bool TryDecodeBase64(string text, out byte[] bytes)
    {
        bytes = new byte[(text.Length * 3 / 4) + 3];
        bool valid = Convert.TryFromBase64String(text, bytes, out int written);
        bytes = bytes[..written];
        return valid;
    }

    private static GuestShellException Damaged(string command, ReadOnlySpan<byte> wire, string what)
    {
        string tail = TerminalText.Clean(wire[Math.Max(0, wire.Length - 1500)..]);
        return new GuestShellException(
            $"`{command}` ran, but {what}: something else writes to the same console. Give the shell one of its own: .WithConsole() twice and .WithShell(console: 1). The last that came:{Environment.NewLine}{tail}");
    }

    [GeneratedRegex(@"\{(\d{1,9})\}", RegexOptions.CultureInvariant)]
    private static partial Regex ExitCode();

    [GeneratedRegex("<([0-9a-f]{64})>", RegexOptions.CultureInvariant)]
    private static partial Regex Checksum();

    [GeneratedRegex(@"\{\d+\}|[^A-Za-z0-9+/=]", RegexOptions.CultureInvariant)]
    private static partial Regex NotBase64();
}
