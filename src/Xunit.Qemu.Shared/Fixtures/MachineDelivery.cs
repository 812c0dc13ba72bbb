using Qemu.Machine;
using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>The way of a machine from its host to a test, and that of a failure or of a reason to skip.</summary>
internal static class MachineDelivery
{
    public static QemuMachine Get(MachineHost host)
    {
        if (!host.IsStarted)
            BoundedWait.Run(() => host.EnsureStartedAsync(CurrentTest.CancellationToken), BoundedWait.StartLimit);
        try
        {
            return host.GetMachine(TestScope.Current);
        }
        catch (RequirementNotMetException unmet)
        {
            throw SkipDelivery.Create(unmet);
        }
        catch (Exception)
        {
            ReportFailedStart(host);
            throw;
        }
    }

    public static async Task<QemuMachine> CreateAsync(MachineHost host, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, CurrentTest.CancellationToken);
        try
        {
            return await host.CreateAsync(linked.Token).ConfigureAwait(false);
        }
        catch (RequirementNotMetException unmet)
        {
            throw SkipDelivery.Create(unmet);
        }
    }

    /// <summary>Where no hook of ours runs at the test's end (a plain fact, a constructor that throws), the evidence goes out now.</summary>
    private static void ReportFailedStart(MachineHost host)
    {
        if (CurrentTest.Open() is not { } scope)
            return;
        host.Lend(scope);
        if (!scope.BodyRuns)
            BoundedWait.Run(scope.ReportFailureAsync, BoundedWait.EndLimit);
    }
}
