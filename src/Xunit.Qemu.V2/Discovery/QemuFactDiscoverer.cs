using Xunit.Abstractions;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>Makes the test of a <c>[QemuFact]</c>.</summary>
internal sealed class QemuFactDiscoverer : FactDiscoverer
{
    public QemuFactDiscoverer(IMessageSink diagnosticMessageSink)
        : base(diagnosticMessageSink) => RunnerDiagnostics.Use(diagnosticMessageSink);

    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new QemuTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}
