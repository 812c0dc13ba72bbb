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
            object? instance = TestContext.Current.TestClassInstance;
            IReadOnlyList<QemuMachineFixture> fixtures = FixtureRegistry.UsedBy(method.ReflectedType!);
            BoundedWait.Run(() => TestPreparation.RunAsync(scope, requirements, instance, fixtures, cancellationToken), BoundedWait.StartLimit);
        }
        catch (RequirementNotMetException unmet)
        {
            scope.IsSkipped = true;
            End(scope, failed: false);
            throw unmet.Message.StartsWith('$') ? unmet : SkipDelivery.Create(unmet);
        }
        catch (Exception error)
        {
            scope.FailedWith = error;
            End(scope, failed: true); // After does not run when this throws
            throw;
        }
    }

    public static void After()
    {
        if (CurrentTest.Open() is not { } scope)
            return;
        scope.IsSkipped = CurrentTest.WasSkipped;
        End(scope, CurrentTest.HasFailed);
        CurrentTest.ThrowPanic(scope);
    }

    private static void End(TestScope scope, bool failed) => BoundedWait.Run(() => scope.EndAsync(failed), BoundedWait.EndLimit);
}
