using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>What a test asks of its host, as its attribute states it; null for what it does not ask for.</summary>
/// <param name="Binary">The QEMU program; null: the one for the host's architecture.</param>
/// <param name="Accelerator">An accelerator a guest really runs under.</param>
/// <param name="Device">A device model the program has.</param>
/// <param name="MachineType">A machine type the program has.</param>
/// <param name="MinimumVersion">The lowest version of QEMU.</param>
/// <param name="Requires">A type that says more.</param>
internal sealed record HostRequirements(
    string? Binary = null,
    string? Accelerator = null,
    string? Device = null,
    string? MachineType = null,
    string? MinimumVersion = null,
    Type? Requires = null)
{
    /// <summary>Far beyond what probing takes; every probe has a deadline of its own.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>All that is asked for, the cheapest first.</summary>
    /// <exception cref="QemuConfigurationException">Something that is asked for makes no sense.</exception>
    public IEnumerable<IQemuRequirement> ToRequirements()
    {
        if (MinimumVersion is not null)
            yield return QemuRequirements.MinimumVersion(MinimumVersion);
        if (MachineType is not null)
            yield return QemuRequirements.MachineType(MachineType);
        if (Device is not null)
            yield return QemuRequirements.Device(Device);
        if (Accelerator is not null)
            yield return QemuRequirements.Accelerator(Accelerator);
        if (Requires is not null)
            yield return new ForeignRequirement(Create(Requires), s_limit);
    }

    private static IQemuRequirement Create(Type type)
    {
        if (!typeof(IQemuRequirement).IsAssignableFrom(type) || type.IsAbstract || type.GetConstructor(Type.EmptyTypes) is not { } constructor)
        {
            throw new QemuConfigurationException(
                $"Requires = typeof({type.Name}): the type must implement {nameof(IQemuRequirement)} and have a public constructor without parameters.");
        }

        return (IQemuRequirement)constructor.Invoke(null);
    }
}
