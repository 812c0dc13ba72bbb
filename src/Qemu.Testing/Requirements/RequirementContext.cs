using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Where a requirement looks: a QEMU program, and a fixture's machine once that is known.</summary>
public sealed class RequirementContext
{
    internal RequirementContext(string binary, QemuTestSettings settings, QemuMachineSpec? specification = null)
    {
        Binary = binary;
        Settings = settings;
        Specification = specification;
    }

    /// <summary>The QEMU program: the one that the attribute names, else that of the fixture, else the one for the host's architecture.</summary>
    public string Binary { get; }

    /// <summary>The settings of the run.</summary>
    public QemuTestSettings Settings { get; }

    /// <summary>The machine of the fixture; null while only the host is looked at, before anything starts.</summary>
    public QemuMachineSpec? Specification { get; }

    /// <summary>What the program offers here; known from then on, so that asking again costs nothing.</summary>
    public Task<QemuHost> ProbeHostAsync(CancellationToken cancellationToken = default) =>
        QemuHost.ProbeAsync(Binary, Specification?.Settings ?? Settings.Machine, cancellationToken: cancellationToken);
}
