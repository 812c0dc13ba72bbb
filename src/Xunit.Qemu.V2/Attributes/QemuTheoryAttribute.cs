using Qemu.Testing;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>
/// A test with rows of data that uses virtual machines. It is skipped, with the reason, where the host lacks what it needs; when it fails, the
/// evidence of its machines is in its output. It carries the trait <c>Category=Qemu</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = false)]
[XunitTestCaseDiscoverer("Xunit.Qemu.QemuTheoryDiscoverer", "Xunit.Qemu.V2")]
[TraitDiscoverer("Xunit.Qemu.QemuTraitDiscoverer", "Xunit.Qemu.V2")]
public sealed class QemuTheoryAttribute : TheoryAttribute, ITraitAttribute, IQemuTestAttribute
{
    /// <summary>The QEMU program that is needed, and that the other properties ask. Default: the one for the host's own architecture.</summary>
    public string? Binary { get; set; }

    /// <summary>An accelerator that is needed: <c>kvm</c>.</summary>
    public string? Accelerator { get; set; }

    /// <summary>A device model that is needed: <c>virtio-net-pci</c>.</summary>
    public string? Device { get; set; }

    /// <summary>A machine type that is needed: <c>microvm</c>.</summary>
    public string? MachineType { get; set; }

    /// <summary>The lowest version of QEMU: <c>7.0</c>.</summary>
    public string? MinimumVersion { get; set; }

    /// <summary>A requirement of your own: a type that implements <see cref="IQemuRequirement"/>. <see cref="QemuRequirements"/> combines those that are built in.</summary>
    public Type? Requires { get; set; }

    HostRequirements IQemuTestAttribute.Requirements => new(Binary, Accelerator, Device, MachineType, MinimumVersion, Requires);
}
