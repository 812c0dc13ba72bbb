using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>Renders a specification's options into QEMU's arguments: here, and only here, options become strings.</summary>
internal sealed class CommandLineBuilder(IMachineTransport transport, IDescriptorPassing descriptors, string? machineType)
{
    private readonly List<string> _arguments = [];
    private readonly Dictionary<string, int> _indices = [];
    private bool _hasVirtioSerialBus;

    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>A comma inside a property's value is written twice.</summary>
    public static string EscapeCommas(string value) => value.Replace(",", ",,", StringComparison.Ordinal);

    public void Add(string option) => _arguments.Add(option);

    public void Add(string option, string value)
    {
        _arguments.Add(option);
        _arguments.Add(value);
    }

    /// <summary>Adds a chardev that leads to this process.</summary>
    public void AddChannel(string name) => Add("-chardev", transport.Chardev(name));

    /// <summary>The next number of a series such as disks; the first is 0.</summary>
    public int NextIndex(string series)
    {
        int index = _indices.GetValueOrDefault(series);
        _indices[series] = index + 1;
        return index;
    }

    /// <summary>Gives back the number that <see cref="NextIndex"/> handed out last.</summary>
    public void UndoIndex(string series) => _indices[series]--;

    /// <summary>The virtio device under the bus that the machine type has: PCI, or MMIO on microvm.</summary>
    public string VirtioDevice(string name) =>
        MachineFamily.IsMicrovm(machineType) ? name + "-device" : name + "-pci";

    /// <summary>The controller that virtio-serial ports hang on; added once.</summary>
    public void AddVirtioSerialBus()
    {
        if (!_hasVirtioSerialBus)
            Add("-device", VirtioDevice("virtio-serial"));
        _hasVirtioSerialBus = true;
    }

    /// <summary>Hands a descriptor to QEMU; returns its number there.</summary>
    public int PassDescriptor(SafeHandle handle) => descriptors.Pass(handle);

    /// <inheritdoc cref="IDescriptorPassing.TakeAlong"/>
    public string? TakeAlong(CompanionOption companion) => descriptors.TakeAlong(companion);
}
