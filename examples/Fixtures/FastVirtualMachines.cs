using Qemu.Testing;

namespace Fixtures;

/// <summary>For <c>[QemuFact(Requires = typeof(FastVirtualMachines))]</c>: such a test skips where every instruction is emulated.</summary>
public sealed class FastVirtualMachines : IQemuRequirement
{
    private static readonly IQemuRequirement s_all = QemuRequirements.All(
        QemuRequirements.Any(QemuRequirements.Accelerator("kvm"), QemuRequirements.Accelerator("hvf")),
        QemuRequirements.Not(QemuRequirements.MinimumVersion("99.0")));

    public string Name => "fast virtual machines";

    public Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken) =>
        s_all.CheckAsync(context, cancellationToken);
}
