using System.Reflection;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("Scenarios.ConcurrentMethods.ConcurrentMethodsFramework", "AdapterScenarios.V2")]

namespace Scenarios.ConcurrentMethods;

/// <summary>
/// Runs the methods of a class at the same time, in a parallel run, as Meziantou.Xunit.ParallelTestFramework does: xUnit.net v2 itself never does.
/// </summary>
public sealed class ConcurrentMethodsFramework(IMessageSink messageSink) : XunitTestFramework(messageSink)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) => Rendezvous.IsParallelRun
        ? new ConcurrentExecutor(assemblyName, SourceInformationProvider, DiagnosticMessageSink)
        : base.CreateExecutor(assemblyName);
}
