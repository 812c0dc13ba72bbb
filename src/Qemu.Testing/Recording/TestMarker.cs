using System.Text;
using System.Text.Json.Nodes;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Which test it is, when it began, and how it ended: the files <c>test.json</c> and <c>test.txt</c>.</summary>
/// <param name="Test">The test.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Timestamp">The same moment in ticks of <see cref="MachineObservers.Clock"/>.</param>
internal sealed record TestMarker(TestIdentity Test, DateTimeOffset StartedAt, long Timestamp)
{
    public const string JsonName = "test.json";
    public const string Running = "running";

    /// <summary>The one for a test that begins now.</summary>
    public static TestMarker Begin(TestIdentity test) => new(test, MachineObservers.Clock.GetUtcNow(), MachineObservers.Clock.GetTimestamp());

    /// <summary>At the start: a process that is killed leaves it so.</summary>
    public void Write(string directory, IEnumerable<MachineRecorder> machines)
    {
        string[] labels = [.. machines.Select(machine => machine.Label)];
        WriteFiles(directory, Running, failure: null, labels.Select(label => $"Machine {label}."), machines: new JsonArray([.. labels.Select(label => (JsonNode)new JsonObject { ["label"] = label })]));
    }

    /// <summary>At the end.</summary>
    public void Write(string directory, string verdict, TestFailure? failure, IReadOnlyList<MachineEvidence> machines) => WriteFiles(
        directory,
        verdict,
        failure,
        machines.Select(machine => machine.Summary),
        new JsonArray([.. machines.Select(machine => (JsonNode)machine.Record.ToJson())]));

    private void WriteFiles(string directory, string verdict, TestFailure? failure, IEnumerable<string> summaries, JsonArray machines)
    {
        SecretMask mask = SecretMask.Current;
        var text = new StringBuilder(Test.DisplayName).Append('\n').Append(verdict).Append('\n');
        foreach (string summary in summaries)
            text.Append(mask.Apply(summary)).Append('\n');
        if (failure is not null)
            text.Append('\n').Append(failure.Type.Length == 0 ? "" : $"{mask.Apply(failure.Type)}: ").Append(mask.Apply(failure.Message)).Append('\n').Append(mask.Apply(failure.StackTrace)).Append('\n');
        File.WriteAllText(Path.Combine(directory, ArtifactBundle.Marker), text.ToString());

        var json = new JsonObject
        {
            ["test"] = Test.DisplayName,
            ["class"] = Test.ClassName,
            ["assembly"] = Test.AssemblyName,
            ["framework"] = Test.TargetFramework,
            ["verdict"] = verdict,
            ["started"] = StartedAt.ToString("O"),
            ["seconds"] = verdict == Running ? null : Math.Round(MachineObservers.Clock.GetElapsedTime(Timestamp).TotalSeconds, 3),
            ["process"] = Environment.ProcessId,
            ["failure"] = failure is null ? null : new JsonObject { ["type"] = failure.Type, ["message"] = mask.Apply(failure.Message), ["stack"] = mask.Apply(failure.StackTrace) },
            ["machines"] = machines,
        };
        File.WriteAllText(Path.Combine(directory, JsonName), json.ToJsonString(ReportJson.Options) + "\n");
    }
}
