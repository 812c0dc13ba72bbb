using Tests.Runners;

[assembly: AssemblyFixture(typeof(ConsoleRun))]

namespace Tests.Runners;

/// <summary>xUnit.net v3 as the adapter was built for, by itself.</summary>
public sealed class ConsoleRun() : RunnerRun("v3 3.2.2, console", XunitFormats, static () => new TestProgram("Scenarios.V3").RunAsync([]));
