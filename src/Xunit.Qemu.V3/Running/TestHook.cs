using System.Reflection;
using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>What happens right before and right after the body of a <c>[QemuFact]</c> or <c>[QemuTheory]</c>.</summary>
internal static class TestHook
{
    public static void Before(MethodInfo method, HostRequirements requirements)
    {
        TestScope scope = CurrentTest.Open() ?? throw new InvalidOperationException("xUnit.net runs a test without saying which.");
        scope.BeginBody();
        try
        {
            CancellationToken cancellationToken = CurrentTest.CancellationToken;
            RequirementCheck.Demand(requirements, QemuTestSettings.Current, specification: null);
            (TestContext.Current.TestClassInstance as IOwnsMachine)?.ThrowIfFailed();
            foreach (QemuMachineFixture fixture in FixtureRegistry.UsedBy(method.ReflectedType!))
            {
                BoundedWait.Run(() => PrepareAsync(fixture.Host, scope, cancellationToken), BoundedWait.StartLimit);
                RequirementCheck.Demand(requirements, QemuTestSettings.Current, fixture.Host.GetMachine(scope).Spec);
            }
        }
        catch (RequirementNotMetException unmet)
        {
            scope.IsSkipped = true;
            End(scope, failed: false);
            throw unmet.Message.StartsWith('$') ? unmet : SkipDelivery.Create(unmet);
        }
        catch (Exception)
        {
            End(scope, failed: true); // After does not run when this throws
            throw;
        }

        // At a time-out xUnit.net reports the result before After runs; this runs before it does, in the test's own context.
        CurrentTest.CancellationToken.Register(() =>
        {
            if (CurrentTest.HasFailed)
                BoundedWait.Run(scope.AbandonAsync, BoundedWait.EndLimit);
        });
    }

    public static void After()
    {
        if (CurrentTest.Open() is not { } scope)
            return;
        scope.IsSkipped = CurrentTest.WasSkipped;
        End(scope, CurrentTest.HasFailed);
        CurrentTest.ThrowPanic(scope);
    }

    private static async Task PrepareAsync(MachineHost host, TestScope scope, CancellationToken cancellationToken)
    {
        try
        {
            await host.PrepareAsync(scope, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            host.Lend(scope);
            throw;
        }
    }

    private static void End(TestScope scope, bool failed) => BoundedWait.Run(() => scope.EndAsync(failed), BoundedWait.EndLimit);
}
