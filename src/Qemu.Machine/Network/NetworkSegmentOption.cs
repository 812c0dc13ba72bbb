using System.Globalization;

namespace Qemu.Machine;

/// <summary>A network card on a segment that machines share.</summary>
/// <param name="Network">The segment.</param>
/// <param name="MacAddress">The card's address, unique on the segment.</param>
/// <param name="Device">The card's model; null: virtio-net.</param>
public sealed record NetworkSegmentOption(QemuNetwork Network, string MacAddress, string? Device = null) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        string id = "net" + commandLine.NextIndex("net").ToString(CultureInfo.InvariantCulture);
        using DescriptorPair cable = DescriptorPair.CreateSocketPair();
        int descriptor = commandLine.PassDescriptor(cable.Theirs);
        Network.Plug(cable);
        commandLine.Add("-netdev", string.Create(CultureInfo.InvariantCulture, $"socket,id={id},fd={descriptor}"));
        commandLine.Add("-device", $"{Device ?? commandLine.VirtioDevice("virtio-net")},netdev={id},mac={MacAddress}");
    }
}
