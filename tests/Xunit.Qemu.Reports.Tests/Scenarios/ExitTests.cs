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
        string held = Path.Combine(_directory.FullName, "held");
        using RunningProgram run = new TestProgram(program).Start(
            _directory,
            ["-method", "Scenarios.WaitingRoom.Holds_a_machine"],
            new Dictionary<string, string> { ["SCENARIO_HOLDS"] = held });
        await HeldAsync(held);

        run.Terminate();
        await run.EndAsync();

        string artifacts = Path.Combine(_directory.FullName, "artifacts");
        string marker = Assert.Single(Directory.GetFiles(artifacts, "test.txt", SearchOption.AllDirectories));
        string text = await File.ReadAllTextAsync(marker, TestContext.Current.CancellationToken);
        Assert.Contains("Scenarios.WaitingRoom.Holds_a_machine", text, StringComparison.Ordinal);
        Assert.Contains("The test process ended in the middle of this test.", text, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(artifacts, "report.html", SearchOption.AllDirectories));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static async Task HeldAsync(string file)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(TimeSpan.FromMinutes(2));
        while (!File.Exists(file))
            await Task.Delay(20, guard.Token);
    }
}
