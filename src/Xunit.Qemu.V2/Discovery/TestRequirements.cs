using Qemu.Testing;
using Xunit.Abstractions;

namespace Xunit.Qemu;

/// <summary>Reads off a test's attribute what the test asks of its host.</summary>
internal static class TestRequirements
{
    /// <summary>Null where only the source is looked at, and the attribute itself is not there.</summary>
    public static HostRequirements? Of(IAttributeInfo attribute) =>
        ((attribute as IReflectionAttributeInfo)?.Attribute as IQemuTestAttribute)?.Requirements;

    /// <exception cref="InvalidOperationException">The method has neither <c>[QemuFact]</c> nor <c>[QemuTheory]</c>.</exception>
    public static HostRequirements Of(ITestMethod method) =>
        Of(method.Method.GetCustomAttributes(typeof(FactAttribute)).First())
            ?? throw new InvalidOperationException($"{method.Method.Name} is no [QemuFact] or [QemuTheory].");
}
