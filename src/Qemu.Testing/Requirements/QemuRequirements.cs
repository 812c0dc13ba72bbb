using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>The requirements that are built in, and ways to combine any.</summary>
public static class QemuRequirements
{
    /// <summary>An accelerator that a guest was proven to run on.</summary>
    public static IQemuRequirement Accelerator(string name) => new AcceleratorRequirement(NotEmpty(name));

    /// <summary>A device model of the program; short names such as <c>virtio-net</c> count.</summary>
    public static IQemuRequirement Device(string name) => new DeviceRequirement(NotEmpty(name));

    /// <summary>A machine type of the program.</summary>
    public static IQemuRequirement MachineType(string name) => new MachineTypeRequirement(NotEmpty(name));

    /// <summary>A lowest version of QEMU: <c>7.0</c>.</summary>
    /// <exception cref="QemuConfigurationException">It is no version.</exception>
    public static IQemuRequirement MinimumVersion(string version) => VersionRequirement.Parse(NotEmpty(version));

    /// <summary>A QEMU program, besides the one that the test itself uses: a path, or a name on PATH.</summary>
    public static IQemuRequirement Binary(string name) => new BinaryRequirement(NotEmpty(name));

    /// <summary>Every one of several. They are checked in order, up to the first that is not met.</summary>
    public static IQemuRequirement All(params IEnumerable<IQemuRequirement> requirements) => new AllRequirement([.. requirements]);

    /// <summary>At least one of several. They are checked in order, up to the first that is met.</summary>
    public static IQemuRequirement Any(params IEnumerable<IQemuRequirement> requirements) => new AnyRequirement([.. requirements]);

    /// <summary>The absence of something.</summary>
    public static IQemuRequirement Not(IQemuRequirement requirement)
    {
        ArgumentNullException.ThrowIfNull(requirement);
        return new NotRequirement(requirement);
    }

    private static string NotEmpty(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        return value;
    }
}
