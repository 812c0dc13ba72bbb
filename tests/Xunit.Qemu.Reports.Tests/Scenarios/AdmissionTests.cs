using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>Test programs side by side, with room for one machine.</summary>
public sealed class AdmissionTests : IDisposable
{
    private static readonly string[] s_scenario = ["-method", "Scenarios.WaitingRoom.Holds_a_machine", "-diagnostics", "-showLiveOutput", "-noColor"];

    private static readonly string[] s_classes =
        ["SharedMachine", "OwnMachines", "CollectionTests", "AssemblyTests", "ResetTests", "RepairTests", "BuiltInTests", "FixtureLaunchFails", "WaitingRoom"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("qemu-admission-");

    [Fact]
    public async Task Second_process_waits_for_the_first_and_says_for_whom()
    {
        using RunningProgram first = Start("first");
        await HoldsAsync("first");
        using RunningProgram second = Start("second");

        string waits = await second.ReadUntilAsync("waiting for a machine slot: held by");

        Assert.Contains($"pid {first.Id} (AdapterScenarios.V3), for ", waits, StringComparison.Ordinal);
        Assert.False(Holds("second"));
        first.TypeEnter();
        Assert.Contains("Failed: 0", await first.EndAsync(), StringComparison.Ordinal);
        await HoldsAsync("second");
        second.TypeEnter();
        string printed = await second.EndAsync();
        Assert.Contains("Failed: 0", printed, StringComparison.Ordinal);
        Assert.Contains("[OUTPUT] RomVm: waiting for a machine slot: held by", printed, StringComparison.Ordinal);
        Assert.Contains("s for a machine slot", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_process_goes_on_when_the_first_is_killed()
    {
        using RunningProgram first = Start("first");
        await HoldsAsync("first");
        using RunningProgram second = Start("second");
        await second.ReadUntilAsync("waiting for a machine slot: held by");

        first.Kill();

        await HoldsAsync("second");
        second.TypeEnter();
        Assert.Contains("Failed: 0", await second.EndAsync(), StringComparison.Ordinal);
    }

    /// <summary>Fixtures of all levels, nested and own machines, and a place for one of them.</summary>
    [Theory]
    [InlineData("Scenarios.V3", "-maxThreads", "1")]
    [InlineData("Scenarios.V3", "-maxThreads", "unlimited", "-parallelAlgorithm", "aggressive")]
    [InlineData("Scenarios.V3Next", "-maxThreads", "unlimited", "-parallelMode", "all")]
    public async Task Run_with_room_for_one_machine_comes_to_its_end(string program, params string[] arguments)
    {
        using TestRunReports reports = await new TestProgram(program).RunAsync(
            [.. arguments, .. s_classes.SelectMany(static name => new[] { "-class", "Scenarios." + name })],
            new Dictionary<string, string> { ["XUNIT_QEMU_MAX_MACHINES"] = "1", ["XUNIT_QEMU_MEMORY"] = "16M" });

        foreach (string test in new[] { "SharedMachine.Passes", "OwnMachines.Passes", "CollectionTests.Passes", "AssemblyTests.Passes", "WaitingRoom.Holds_a_machine" })
            Assert.Equal("Pass", reports[test].Result);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private RunningProgram Start(string name) => new TestProgram("Scenarios.V3").Start(
        _directory,
        s_scenario,
        new Dictionary<string, string> { ["XUNIT_QEMU_MAX_MACHINES"] = "1", ["SCENARIO_HOLDS"] = FileOf(name) });

    private string FileOf(string name) => Path.Combine(_directory.FullName, name);

    private bool Holds(string name) => File.Exists(FileOf(name));

    private async Task HoldsAsync(string name)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(TimeSpan.FromMinutes(2));
        while (!Holds(name))
            await Task.Delay(20, guard.Token);
    }
}
