using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Scenarios.ConcurrentMethods;

internal sealed class ConcurrentExecutor(AssemblyName assemblyName, ISourceInformationProvider sources, IMessageSink diagnosticMessageSink)
    : XunitTestFrameworkExecutor(assemblyName, sources, diagnosticMessageSink)
{
    // xUnit.net's own signature: the end is told through the message sink.
    protected override async void RunTestCases(
        IEnumerable<IXunitTestCase> testCases,
        IMessageSink executionMessageSink,
        ITestFrameworkExecutionOptions executionOptions)
    {
        using var runner = new ConcurrentAssemblyRunner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
        await runner.RunAsync();
    }
}
