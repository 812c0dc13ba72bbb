using Tests.Runners;

[assembly: AssemblyFixture(typeof(PlatformRun))]

namespace Tests.Runners;

/// <summary>The same, by Microsoft.Testing.Platform.</summary>
public sealed class PlatformRun() : RunnerRun("v3 3.2.2, `dotnet test` (Microsoft.Testing.Platform)", XunitFormats, static () => new TestProgram("Scenarios.V3").RunPlatformAsync());
