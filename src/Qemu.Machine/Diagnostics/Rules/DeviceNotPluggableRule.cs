namespace Qemu.Machine;

/// <summary>A device model that exists, but that only a machine type itself creates.</summary>
internal sealed class DeviceNotPluggableRule() : OutputRule("expects a pluggable device type", "is not a pluggable device type", "can not be instantiated", "is abstract")
{
    public override string Name => "device-not-pluggable";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => line.Option is { Name: "-device" } option
        ? new Finding(
            $"The device '{option.Type}' is part of certain machine types and cannot be added with -device.",
            $"Choose a machine type that has it, or a model from `{evidence.BinaryName} -device help`.")
        : null;
}
