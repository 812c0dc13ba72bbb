using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>
/// What a QEMU program on this host really offers. Found out by running it, bounded and in no scope, and kept in memory and
/// in the cache directory until the program, its wrapper, the user, the boot or the state of <c>/dev/kvm</c> changes.
/// Immutable; a probe whose results are known costs well under a millisecond.
/// </summary>
public sealed class QemuHost
{
    private readonly HostLists _lists;

    private QemuHost(string binary, HostLists lists, ImmutableArray<QemuAccelerator> accelerators)
    {
        Binary = binary;
        _lists = lists;
        Accelerators = accelerators;
    }

    /// <summary>The program as it was asked for: a path or a name.</summary>
    public string Binary { get; }

    /// <summary>Whether the program is there and answered.</summary>
    public bool IsAvailable => _lists.Version is not null;

    /// <summary>What could not be found out, and why; empty when all was.</summary>
    public IReadOnlyList<string> Problems => _lists.Problems;

    /// <summary>QEMU's version; null when the program does not run.</summary>
    public Version? Version => _lists.Version;

    /// <summary>The distribution's own version; often empty.</summary>
    public string Package => _lists.Package;

    /// <summary>The guest's architecture, in QEMU's words: <c>x86_64</c>.</summary>
    public string Architecture => _lists.Architecture;

    /// <summary>All machine types.</summary>
    public IReadOnlyList<QemuMachineType> MachineTypes => _lists.MachineTypes;

    /// <summary>All device models, those included that only a machine itself creates; without short names such as <c>virtio-net</c>.</summary>
    public IReadOnlyList<string> Devices => _lists.Devices;

    /// <summary>All CPU models that can be listed without a machine.</summary>
    public IReadOnlyList<string> CpuModels => _lists.CpuModels;

    /// <summary>The accelerators that the program was built with, each with what a probe guest found.</summary>
    public IReadOnlyList<QemuAccelerator> Accelerators { get; }

    /// <summary>The types of <c>-netdev</c>.</summary>
    public IReadOnlyList<string> NetdevTypes => _lists.NetdevTypes;

    /// <summary>The types of <c>-display</c> that are installed.</summary>
    public IReadOnlyList<string> Displays => _lists.Displays;

    /// <summary>Finds out what a program offers. Takes a few tenths of a second the first time; never hangs, whatever the program does.</summary>
    /// <param name="binary">A path, or a name to look up; null: QEMU for the host's own architecture.</param>
    /// <param name="settings">Where to look, where to cache; null: the defaults.</param>
    /// <param name="wrapper">What is put in front of the program, as for a machine.</param>
    /// <param name="cancellationToken">Ends the wait; the probe goes on for whoever asks next.</param>
    public static Task<QemuHost> ProbeAsync(
        string? binary = null,
        QemuSettings? settings = null,
        IEnumerable<string>? wrapper = null,
        CancellationToken cancellationToken = default) =>
        ProbeAsync(
            new HostTarget(binary ?? QemuMachineBuilder.DefaultBinary, [.. wrapper ?? []], settings ?? MachineScope.Settings),
            HostFacts.Shared,
            cancellationToken);

    /// <summary>The accelerator of that name; null when the program was built without it.</summary>
    public QemuAccelerator? Accelerator(string name) => Accelerators.FirstOrDefault(accelerator => accelerator.Name == name);

    /// <summary>Whether there is such a device model. Short names count: <c>virtio-net</c> is <c>virtio-net-pci</c>.</summary>
    public bool HasDevice(string name) => Devices.Any(device => device == name || device == name + "-pci" || device == name + "-device" || device == name + "-ccw");

    /// <summary>Whether there is such a machine type, by name or alias.</summary>
    public bool HasMachineType(string name) => MachineTypes.Any(type => type.Name == name || type.Alias == name);

    internal static async Task<QemuHost> ProbeAsync(HostTarget target, HostFacts facts, CancellationToken cancellationToken)
    {
        HostLists? lists = await facts.ListsAsync(target, cancellationToken).ConfigureAwait(false);
        if (lists is null)
        {
            _ = ExecutableLookup.Find(target.Binary, target.Settings.BinaryDirectory, out string? problem);
            return new QemuHost(target.Binary, new HostLists { Problems = [problem!] }, []);
        }

        var accelerators = ImmutableArray.CreateBuilder<QemuAccelerator>();
        foreach (string name in lists.Accelerators.Order(AcceleratorOrder.Instance))
        {
            if (await facts.AcceleratorAsync(target, lists, name, cancellationToken).ConfigureAwait(false) is { } verdict)
                accelerators.Add(verdict);
        }

        return new QemuHost(target.Binary, lists, accelerators.ToImmutable());
    }
}
