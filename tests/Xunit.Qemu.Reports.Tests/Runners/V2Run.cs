using Tests.Runners;

[assembly: AssemblyFixture(typeof(V2Run))]

namespace Tests.Runners;

/// <summary>xUnit.net v2.</summary>
public sealed class V2Run : RunnerRun
{
    public V2Run()
        : base("v2 2.9.3, `dotnet test` (VSTest)", VSTestFormats, static () => new TestProgram("Scenarios.V2").RunVSTestAsync()) => IsV2 = true;
}
