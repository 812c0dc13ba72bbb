namespace Qemu.Machine;

/// <summary>Names of the channels between QEMU and this process; each is also its chardev's id.</summary>
internal static class MachineChannels
{
    public const string Qmp = "qmp";
}
