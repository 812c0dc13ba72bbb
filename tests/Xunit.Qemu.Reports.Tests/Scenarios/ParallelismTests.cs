using Tests.Formats;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>However the runner spreads the tests, none waits for ever and none gets another's machine.</summary>
public sealed class ParallelismTests
{
    [Theory]
    [InlineData("Scenarios.V3", "-maxThreads", "1")]
    [InlineData("Scenarios.V3", "-maxThreads", "1", "-parallelAlgorithm", "aggressive")]
    [InlineData("Scenarios.V3", "-maxThreads", "unlimited", "-parallelAlgorithm", "aggressive")]
    [InlineData("Scenarios.V3Next", "-maxThreads", "1", "-parallelMode", "all")]
    [InlineData("Scenarios.V3Next", "-maxThreads", "unlimited", "-parallelMode", "all")]
    public async Task Run_comes_to_its_end_with_the_same_results(string program, params string[] arguments)
    {
        // Those of the gate fill it, each for itself: side by side each would wait for the other's half.
        bool overlap = arguments.Contains("all");

        // One blocks its thread, in a constructor, until there is room on the host: with one thread for all tests nobody could make room.
        string[] excluded = ["Scenarios.TimeOuts", "Scenarios.ManyTimeOuts", "Scenarios.PanicNobodyListensTo", "Scenarios.Flooded", "Scenarios.MachineOfAConstructorThatThrows", .. overlap ? ["Scenarios.Gate"] : Array.Empty<string>()];
        using TestRunReports reports = await new TestProgram(program).RunAsync([.. arguments, .. excluded.SelectMany(name => (string[])["-class-", name])]);

        Assert.Equal("Pass", reports["SharedMachine.Passes"].Result);
        Assert.Equal("Pass", reports["OwnMachines.Passes"].Result);
        Assert.Equal("Pass", reports["CollectionTests.Passes"].Result);
        Assert.Equal("Pass", reports["AssemblyTests.Passes"].Result);
        Assert.All(
            reports.Tests.Where(test => test.Name.Contains("Scenarios.Gate.", StringComparison.Ordinal)),
            test => Assert.True(test.Result == "Pass", test.Message));
        Assert.Contains("only in the failing test\n", reports["SharedMachine.Fails"].Attachments["RomVm-console"], StringComparison.Ordinal);

        // Where the tests of a class overlap, those of a machine that is reset are told how to go about it.
        Assert.All(
            reports.Tests.Where(test => test.Name.Contains(".ResetTests.", StringComparison.Ordinal) && test.Result == "Fail"),
            test => Assert.Contains("QemuTest<ResetVm>", test.Message, StringComparison.Ordinal));
    }
}
