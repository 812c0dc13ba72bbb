using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>The page <c>index.html</c> over the artefacts: all tests and machines of the latest run of each test assembly, and those that never came to their end.</summary>
internal static class IndexPage
{
    public const string Name = "index.html";

    /// <summary>Writes the page, unless another process does so at the moment and goes on for longer than a limit.</summary>
    public static void Write(string root, TimeSpan limit)
    {
        string runs = Path.Combine(root, RunJournal.Folder);
        FileLock? mine = null;
        if (!SpinWait.SpinUntil(() => (mine = FileLock.TryAcquire(Path.Combine(runs, "index.lock"))) is not null, limit))
            return;

        using (mine)
        {
            JsonArray tests = [.. Directory.GetFiles(runs, "run*.jsonl").SelectMany(Lines), .. Unfinished(root)];
            var data = new JsonObject { ["tests"] = tests };
            string partial = Path.Combine(runs, "index.partial");
            File.WriteAllBytes(partial, PageTemplate.Fill("index", "Virtual machine tests", data, []));
            File.Move(partial, Path.Combine(root, Name), overwrite: true);
        }
    }

    private static IEnumerable<JsonNode> Lines(string path)
    {
        if (ReadOrMiss(path) is not { } text)
            yield break;
        foreach (string line in text.Split('\n'))
        {
            if (Parse(line) is { } test)
                yield return test;
        }
    }

    private static IEnumerable<JsonNode> Unfinished(string root)
    {
        foreach (string directory in UnfinishedTests.In(Path.Combine(root, ArtifactTree.RunningFolder)))
        {
            if (ReadOrMiss(Path.Combine(directory, TestMarker.JsonName)) is not { } text || Parse(text) is not JsonObject test)
                continue;
            test["verdict"] = "unfinished";
            test["path"] = Path.GetRelativePath(root, directory).Replace(Path.DirectorySeparatorChar, '/');
            test["hasReport"] = File.Exists(Path.Combine(directory, ReportPage.Name));
            yield return test;
        }
    }

    /// <summary>Other processes write and remove what is theirs meanwhile: what is gone is no part of the page.</summary>
    private static string? ReadOrMiss(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (JsonException)
        {
            return null; // its process died in the middle of it
        }
    }
}
