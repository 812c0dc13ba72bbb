using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>QEMU's forwards into the guest, as its human monitor's <c>info usernet</c> lists them.</summary>
internal static partial class HostPorts
{
    /// <summary>The host ports that QEMU chose.</summary>
    public static async Task<ImmutableDictionary<(int GuestPort, bool Udp), int>> ReadAsync(QmpChannel qmp, CancellationToken cancellationToken)
    {
        string text = await AskAsync(qmp, cancellationToken).ConfigureAwait(false);
        var ports = ImmutableDictionary.CreateBuilder<(int, bool), int>();
        foreach (Match match in Forward().Matches(text))
            ports[(Number(match, "guest"), match.Groups["protocol"].Value == "UDP")] = Number(match, "host");
        return ports.ToImmutable();
    }

    /// <summary>Whether a connection through a forwarded TCP port still waits for the guest's answer.</summary>
    public static async Task<bool> IsPendingAsync(QmpChannel qmp, int hostPort, CancellationToken cancellationToken) =>
        Pending().Matches(await AskAsync(qmp, cancellationToken).ConfigureAwait(false)).Any(match => Number(match, "host") == hostPort);

    private static async Task<string> AskAsync(QmpChannel qmp, CancellationToken cancellationToken)
    {
        var arguments = new Dictionary<string, object?> { ["command-line"] = "info usernet" };
        return (await qmp.ExecuteAsync("human-monitor-command", arguments, cancellationToken).ConfigureAwait(false)).GetString() ?? "";
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    // Protocol[State]  FD  Source Address  Port  Dest. Address  Port  RecvQ  SendQ
    [GeneratedRegex(@"(?<protocol>TCP|UDP)\[HOST_FORWARD\]\s+\d+\s+\S+\s+(?<host>\d+)\s+\S+\s+(?<guest>\d+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Forward();

    [GeneratedRegex(@"TCP\[SYN_SENT\]\s+\d+\s+\S+\s+(?<host>\d+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Pending();
}
