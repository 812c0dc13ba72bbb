using System.Globalization;
using System.Security.Cryptography;

namespace Qemu.Machine;

/// <summary>A machine's network cards, numbered from 0 in the order in which they were added, those on user networks and those on segments alike.</summary>
public sealed class MachineNetwork
{
    private readonly QemuMachine _machine;

    internal MachineNetwork(QemuMachine machine)
    {
        _machine = machine;
    }

    /// <summary>Plugs a card's cable in or pulls it: the guest sees its link go up or down.</summary>
    /// <param name="isUp">Whether the link is up.</param>
    /// <param name="card">The card's number.</param>
    /// <param name="cancellationToken">Ends the wait for QEMU.</param>
    public Task SetLinkAsync(bool isUp, int card = 0, CancellationToken cancellationToken = default) => _machine.Qmp.ExecuteAsync(
        "set_link",
        new Dictionary<string, object?> { ["name"] = Id(card), ["up"] = isUp },
        cancellationToken);

    /// <summary>Captures a card's packets, in both directions, until the result is disposed of. When the running test fails, its artefacts have a copy.</summary>
    /// <param name="path">The pcap file, which QEMU writes.</param>
    /// <param name="card">The card's number.</param>
    /// <param name="cancellationToken">Ends the wait for QEMU.</param>
    public async Task<PacketCapture> CaptureAsync(string path, int card = 0, CancellationToken cancellationToken = default)
    {
        string file = Path.GetFullPath(path);
        string id = "capture-" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        var arguments = new Dictionary<string, object?> { ["qom-type"] = "filter-dump", ["id"] = id, ["netdev"] = Id(card), ["file"] = file };
        await _machine.Qmp.ExecuteAsync("object-add", arguments, cancellationToken).ConfigureAwait(false);
        MachineScope.Current?.AddEvidence(file);
        return new PacketCapture(_machine, id, file);
    }

    private string Id(int card)
    {
        int count = _machine.Spec.Options.Count(option => option is UserNetworkOption or NetworkSegmentOption);
        return card >= 0 && card < count
            ? "net" + card.ToString(CultureInfo.InvariantCulture)
            : throw new QemuConfigurationException($"Machine {_machine.Name} has no network card {card}: it has {count}; add .WithUserNetwork() or .WithNetwork(segment).");
    }
}
