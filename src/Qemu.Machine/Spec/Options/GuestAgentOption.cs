namespace Qemu.Machine;

/// <summary>A virtio-serial port under the name at which the QEMU guest agent listens.</summary>
public sealed record GuestAgentOption : QemuOption
{
    internal const string ChannelName = "qga0";

    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        commandLine.AddChannel(ChannelName);
        commandLine.AddVirtioSerialBus();
        commandLine.Add("-device", $"virtserialport,chardev={ChannelName},name=org.qemu.guest_agent.0");
    }
}
