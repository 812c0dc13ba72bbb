namespace Qemu.Machine;

/// <summary>A device, <c>-device DRIVER[,property=value…]</c>.</summary>
/// <param name="Device">The driver's name, with any properties after a comma.</param>
public sealed record DeviceOption(string Device) : QemuOption
{
    /// <summary>The driver's name without its properties.</summary>
    public string Driver => Device.Split(',', 2)[0];

    internal override void AppendTo(CommandLineBuilder commandLine) => commandLine.Add("-device", Device);
}
