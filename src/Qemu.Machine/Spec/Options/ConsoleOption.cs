using System.Globalization;

namespace Qemu.Machine;

/// <summary>A serial console that this process reads from its first byte to its last.</summary>
/// <param name="DeviceType">The device the console is (<c>isa-serial</c>, <c>virtconsole</c>); null: the machine's own serial port, <c>-serial</c>.</param>
/// <param name="Index">Which serial port the console is; the ports before it that no other console takes lead nowhere.</param>
/// <param name="LogPath">A file of the user's that gets the raw bytes too; null for none.</param>
public sealed record ConsoleOption(string? DeviceType = null, int Index = 0, string? LogPath = null) : QemuOption
{
    internal static string ChannelName(int number) => "console" + number.ToString(CultureInfo.InvariantCulture);

    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        string channel = ChannelName(commandLine.NextIndex("console"));
        commandLine.AddChannel(channel);
        for (int port = commandLine.NextIndex("serial"); port < Index; port = commandLine.NextIndex("serial"))
            commandLine.Add("-serial", "null");
        if (DeviceType is null)
        {
            commandLine.Add("-serial", "chardev:" + channel);
            return;
        }

        commandLine.UndoIndex("serial");
        if (DeviceType.StartsWith("virtconsole", StringComparison.Ordinal) || DeviceType.StartsWith("virtserialport", StringComparison.Ordinal))
            commandLine.AddVirtioSerialBus();
        commandLine.Add("-device", $"{DeviceType},chardev={channel}");
    }
}
