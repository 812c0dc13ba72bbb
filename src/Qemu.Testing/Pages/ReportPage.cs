using System.Text.Json.Nodes;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>The page <c>report.html</c> of one test.</summary>
internal static class ReportPage
{
    public const string Name = "report.html";

    /// <summary>The page without its pictures stays below 500 kB: this much for the data in Base64, the rest for the page itself.</summary>
    private const int DataLimit = 440_000;

    private const int LineLimit = 100_000;
    private const int PictureLimit = 2 * 1024 * 1024;
    private const int TextLimit = 20_000;

    public static void Write(TestRecording recording, TestMarker marker, string verdict, TestFailure? failure, IReadOnlyList<MachineEvidence> machines)
    {
        bool flat = verdict != TestEvidence.Hanging && recording.Machines.Count == 1;
        (string Path, byte[] Png)[] pictures = [.. Pictures(recording, flat)];
        JsonObject data = Describe(marker, verdict, failure, machines);
        data["pictures"] = new JsonArray([.. pictures.Select(picture => (JsonNode)JsonValue.Create(picture.Path))]);
        data["files"] = new JsonArray([.. Files(recording, flat).Select(file => (JsonNode)JsonValue.Create(file))]);
        byte[] compressed = Compress(data, TimelineReader.Read(recording.Directory));
        byte[] page = PageTemplate.Fill("report", $"{verdict}: {marker.Test.DisplayName}", compressed, pictures.Select(picture => picture.Png));
        File.WriteAllBytes(Path.Combine(recording.Directory, Name), page);
    }

    /// <summary>With as many lines as fit.</summary>
    internal static byte[] Compress(JsonObject data, IReadOnlyList<TimelineLine> lines)
    {
        var timeline = new TimelineData(lines);
        int count = Math.Min(lines.Count, LineLimit);
        while (true)
        {
            data["timeline"] = timeline.Take(count);
            byte[] compressed = PageTemplate.Compress(data);
            double size = (compressed.Length + 2) / 3 * 4.0;
            if (size <= DataLimit || count < 100)
                return compressed;
            count = (int)(count * (DataLimit / size) * 0.95);
        }
    }

    private static JsonObject Describe(TestMarker marker, string verdict, TestFailure? failure, IReadOnlyList<MachineEvidence> machines)
    {
        SecretMask mask = SecretMask.Current;
        return new JsonObject
        {
            ["test"] = marker.Test.DisplayName,
            ["assembly"] = ArtifactTree.AssemblyOf(marker.Test),
            ["verdict"] = verdict,
            ["started"] = marker.StartedAt.ToString("O"),
            ["seconds"] = Math.Round(MachineObservers.Clock.GetElapsedTime(marker.Timestamp).TotalSeconds, 3),
            ["title"] = failure is null ? null : Text(failure.Title),
            ["type"] = failure?.Type,
            ["message"] = failure is null ? null : Text(failure.Message),
            ["stack"] = failure is null ? null : Text(failure.StackTrace),
            ["machines"] = new JsonArray([.. machines.Select(machine => (JsonNode)Machine(machine))]),
        };

        JsonObject Machine(MachineEvidence machine)
        {
            JsonObject json = machine.Record.ToJson();
            json["command"] = machine.Entry.Machine.CommandLine is { } command ? mask.Apply(command) : null;
            json["folder"] = machines.Count == 1 && verdict != TestEvidence.Hanging ? "" : ArtifactName.Segment(machine.Label) + "/";
            json["panic"] = machine.Entry.Machine.Panic is { } panic ? mask.Apply(panic.Title) : null;
            json["overlaps"] = new JsonArray([.. machine.Entry.Overlaps.Select(test => (JsonNode)JsonValue.Create(test))]);
            if (machine.Diagnosis is { } diagnosis)
                json["diagnosis"] = new JsonObject { ["problem"] = mask.Apply(diagnosis.Problem), ["fix"] = mask.Apply(diagnosis.Fix), ["certain"] = diagnosis.IsCertain };
            return json;
        }

        string Text(string text)
        {
            string masked = mask.Apply(text);
            return masked.Length <= TextLimit ? masked : masked[..TextLimit] + " […]";
        }
    }

    /// <summary>The newest pictures, as many as a page can carry.</summary>
    private static IEnumerable<(string, byte[])> Pictures(TestRecording recording, bool flat)
    {
        long size = 0;
        foreach (FileInfo file in new DirectoryInfo(recording.Directory).EnumerateFiles("screenshot*.png", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            size += file.Length;
            if (size > PictureLimit)
                yield break;
            yield return (Relative(recording, file.FullName, flat), File.ReadAllBytes(file.FullName));
        }
    }

    private static IEnumerable<string> Files(TestRecording recording, bool flat) => Directory
        .EnumerateFiles(recording.Directory, "*", SearchOption.AllDirectories)
        .Select(file => Relative(recording, file, flat))
        .Where(file => file != Name)
        .Order(StringComparer.Ordinal);

    /// <summary>As the page will find it: with one machine its files move up beside it when the test ends.</summary>
    private static string Relative(TestRecording recording, string file, bool flat)
    {
        string path = Path.GetRelativePath(recording.Directory, file);
        if (flat && recording.Machines is [var machine] && path.StartsWith(ArtifactName.Segment(machine.Label) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            path = path[(ArtifactName.Segment(machine.Label).Length + 1)..];
        return path.Replace(Path.DirectorySeparatorChar, '/');
    }
}
