using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>The host ports that QEMU chose for forwards into the guest, as its human monitor's <c>info usernet</c> lists them.</summary>
internal static partial class HostPorts
{
    public static async Task<ImmutableDictionary<(int GuestPort, bool Udp), int>> ReadAsync(QmpChannel qmp, CancellationToken cancellationToken)
    {
        var arguments = new Dictionary<string, object?> { ["command-line"] = "info usernet" };
        string text = (await qmp.ExecuteAsync("human-monitor-command", arguments, cancellationToken).ConfigureAwait(false)).GetString() ?? "";
        var ports = ImmutableDictionary.CreateBuilder<(int, bool), int>();
        foreach (Match match in Forward().Matches(text))
            ports[(Number(match, "guest"), match.Groups["protocol"].Value == "UDP")] = Number(match, "host");
        return ports.ToImmutable();
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    // Protocol[State]  FD  Source Address  Port  Dest. Address  Port  RecvQ  SendQ
    [GeneratedRegex(@"(?<protocol>TCP|UDP)\[HOST_FORWARD\]\s+\d+\s+\S+\s+(?<host>\d+)\s+\S+\s+(?<guest>\d+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Forward();
}
