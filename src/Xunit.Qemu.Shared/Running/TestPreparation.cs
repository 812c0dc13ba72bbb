using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>What must be in order before the body of a test runs: the host, the test's own machine, the machines of its fixtures.</summary>
internal static class TestPreparation
{
    /// <exception cref="RequirementNotMetException">The test is to be skipped.</exception>
    /// <exception cref="Exception">Whatever a machine that the test uses failed with.</exception>
    public static async Task RunAsync(
        TestScope scope,
        HostRequirements requirements,
        object? testClassInstance,
        IEnumerable<QemuMachineFixture> fixtures,
        CancellationToken cancellationToken)
    {
        RequirementCheck.Demand(requirements, QemuTestSettings.Current, specification: null);
        (testClassInstance as IOwnsMachine)?.ThrowIfFailed();
        foreach (QemuMachineFixture fixture in fixtures)
        {
            await PrepareAsync(fixture.Host, scope, cancellationToken).ConfigureAwait(false);
            RequirementCheck.Demand(requirements, QemuTestSettings.Current, fixture.Host.GetMachine(scope).Spec);
        }
    }

    private static async Task PrepareAsync(MachineHost host, TestScope scope, CancellationToken cancellationToken)
    {
        try
        {
            await host.PrepareAsync(scope, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            host.Lend(scope); // also a machine that did not start has something to show
            throw;
        }
    }
}
