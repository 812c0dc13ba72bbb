using System.Collections.Immutable;
using System.Globalization;

namespace Qemu.Machine;

/// <summary>A network card on QEMU's user-mode network, which needs no privileges on the host.</summary>
/// <param name="Forwards">Host ports that lead into the guest.</param>
/// <param name="Device">The card's model; null: virtio-net.</param>
public sealed record UserNetworkOption(ImmutableArray<PortForward> Forwards, string? Device = null) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        string id = "net" + commandLine.NextIndex("net").ToString(CultureInfo.InvariantCulture);
        commandLine.Add("-netdev", string.Join(',', [$"user,id={id}", .. Forwards.Select(forward => forward.ToProperty())]));
        commandLine.Add("-device", $"{Device ?? commandLine.VirtioDevice("virtio-net")},netdev={id}");
    }
}
