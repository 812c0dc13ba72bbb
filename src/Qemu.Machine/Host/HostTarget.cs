using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>The QEMU program that a probe is about, and how it is started.</summary>
/// <param name="Binary">A path, or a name to look up.</param>
/// <param name="Wrapper">What stands in front of it.</param>
/// <param name="Settings">Where to look, where to cache, and the factor on deadlines.</param>
internal sealed record HostTarget(string Binary, ImmutableArray<string> Wrapper, QemuSettings Settings)
{
    public static HostTarget Of(QemuMachineSpec spec) => new(spec.Binary, spec.Wrapper, spec.Settings);

    /// <summary>The specification of a probe's machine: no part of it but the program comes from a user's machine.</summary>
    public QemuMachineSpec Probe(TimeSpan limit, params IEnumerable<string> arguments) => new()
    {
        Binary = Binary,
        Wrapper = Wrapper,
        Settings = Settings with { Accelerator = null },
        Name = "qemu-probe",
        QmpTimeout = limit,
        Arguments = [.. arguments],
    };
}
