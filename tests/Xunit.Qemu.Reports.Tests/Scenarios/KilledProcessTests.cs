using System.Text.Json;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>A test process that is killed leaves what its tests had seen.</summary>
public sealed class KilledProcessTests : IDisposable
{
    private readonly DirectoryInfo _artifacts = Directory.CreateTempSubdirectory("qemu-killed-");

    public void Dispose() => _artifacts.Delete(recursive: true);

    [Fact]
    public async Task Killed_test_is_named_with_its_console_and_goes_when_it_passes_again()
    {
        await KilledProgram.RunAsync("Scenarios.V3", "Scenarios.Hangs.Until_it_is_killed", _artifacts.FullName, "qmp.jsonl", "query-status");

        string directory = Assert.Single(Directory.GetDirectories(Path.Combine(_artifacts.FullName, "running")));
        JsonElement marker = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "test.json"))).RootElement;
        Assert.Equal("running", marker.GetProperty("verdict").GetString());
        Assert.Equal("Scenarios.Hangs.Until_it_is_killed", marker.GetProperty("test").GetString());
        Assert.Contains("last words", await File.ReadAllTextAsync(Path.Combine(directory, "RomVm", "console.log")), StringComparison.Ordinal);
        Assert.Contains("last words", await File.ReadAllTextAsync(Path.Combine(directory, "timeline.jsonl")), StringComparison.Ordinal);

        using TestRunReports next = await new TestProgram("Scenarios.V3").RunAsync(
            ["-method", "Scenarios.Hangs.Until_it_is_killed"],
            new Dictionary<string, string> { ["XUNIT_QEMU_ARTIFACTS"] = _artifacts.FullName, ["SCENARIO_HANGS"] = "no" });

        Assert.Equal("Pass", next["Hangs.Until_it_is_killed"].Result);
        Assert.False(Directory.Exists(Path.Combine(_artifacts.FullName, "running")));
        Assert.Equal(["index.html"], Directory.GetFiles(_artifacts.FullName).Select(Path.GetFileName));
        Assert.Equal(["runs"], Directory.GetDirectories(_artifacts.FullName).Select(Path.GetFileName));
    }
}
