using Tests.Runners;

[assembly: AssemblyFixture(typeof(VSTestRun))]

namespace Tests.Runners;

/// <summary>The same, by VSTest.</summary>
public sealed class VSTestRun() : RunnerRun("v3 3.2.2, `dotnet test` (VSTest)", VSTestFormats, static () => new TestProgram("Scenarios.V3").RunVSTestAsync());
