using System.Globalization;

namespace Qemu.Machine;

/// <summary>A card on a network of the test's own, which is gone: the same card on a network without anybody.</summary>
internal sealed record UnpluggedSegmentOption(NetworkSegmentOption Card) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        string id = "net" + commandLine.NextIndex("net").ToString(CultureInfo.InvariantCulture);
        commandLine.Add("-netdev", $"user,id={id},restrict=on");
        commandLine.Add("-device", $"{Card.Device ?? commandLine.VirtioDevice("virtio-net")},netdev={id},mac={Card.MacAddress}");
    }
}
