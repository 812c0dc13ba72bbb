using System.Diagnostics;
using System.Globalization;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>A test process that is told to end in the middle of a test leaves the evidence of that test.</summary>
public sealed class ExitTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("qemu-exit-");

    [Theory]
    [InlineData("Scenarios.V3")]
    [InlineData("Scenarios.V3Next")]
    public async Task Process_that_is_terminated_writes_down_what_its_machines_have_to_show(string program)
    {
        using RunningProgram run = new TestProgram(program).Start(
            _directory,
            ["-method", "Scenarios.WaitingRoom.Holds_a_machine"],
            new Dictionary<string, string> { ["SCENARIO_HOLDS"] = Held });
        await HolderAsync();

        run.Terminate();
        await run.EndAsync();

        await AssertWrittenAsync();
    }

    /// <summary>There the tests run in a process of VSTest's; a CI that ends a job tells both.</summary>
    [Theory]
    [InlineData("Scenarios.V2", false)]
    [InlineData("Scenarios.V2", true)]
    [InlineData("Scenarios.V3", true)]
    public async Task Run_by_dotnet_test_that_is_terminated_does_so_too(string program, bool withDotnetTest)
    {
        using var run = new RunningProgram(RunnerProcess.Prepare(
            "dotnet",
            ["test", TestProgram.PathOf(program) + ".dll", "--filter", "FullyQualifiedName~WaitingRoom"],
            _directory,
            new Dictionary<string, string> { ["SCENARIO_HOLDS"] = Held }));
        using var holder = Process.GetProcessById(await HolderAsync());

        RunningProgram.Terminate(holder.Id);
        if (withDotnetTest)
            run.Terminate();
        await run.EndAsync();
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2)); // which may outlive the other

        await AssertWrittenAsync();
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string Held => Path.Combine(_directory.FullName, "held");

    private async Task AssertWrittenAsync()
    {
        string artifacts = Path.Combine(_directory.FullName, "artifacts");
        string marker = Assert.Single(Directory.GetFiles(artifacts, "test.txt", SearchOption.AllDirectories));
        string text = await File.ReadAllTextAsync(marker, TestContext.Current.CancellationToken);
        Assert.Contains("Scenarios.WaitingRoom.Holds_a_machine", text, StringComparison.Ordinal);
        Assert.Contains("The test process ended in the middle of this test.", text, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(artifacts, "report.html", SearchOption.AllDirectories));
    }

    /// <summary>The process that runs the test, once it is in the middle of it.</summary>
    private async Task<int> HolderAsync()
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(TimeSpan.FromMinutes(2));
        while (!File.Exists(Held) || (await File.ReadAllTextAsync(Held, guard.Token)).Length == 0)
            await Task.Delay(20, guard.Token);
        return int.Parse(await File.ReadAllTextAsync(Held, guard.Token), CultureInfo.InvariantCulture);
    }
}
