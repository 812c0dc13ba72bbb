using Tests.Runners;

[assembly: AssemblyFixture(typeof(NextRun))]

namespace Tests.Runners;

/// <summary>The next xUnit.net, with the same binary of the adapter.</summary>
public sealed class NextRun() : RunnerRun("v3 4.0.2, console", XunitFormats, static () => new TestProgram("Scenarios.V3Next").RunAsync([]));
