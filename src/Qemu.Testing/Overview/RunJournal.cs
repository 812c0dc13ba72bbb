using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// The tests of this process, a line each, in a file of its own for each test assembly beside those of other processes; and from
/// all of them the page <c>index.html</c>. Nothing that goes wrong here reaches a test. Thread-safe.
/// </summary>
internal sealed class RunJournal
{
    public const string Folder = "runs";

    /// <summary>The page follows failures while the run lasts, but not every one of a thousand.</summary>
    private static readonly TimeSpan s_pageInterval = TimeSpan.FromSeconds(5);

    private static readonly ConcurrentDictionary<string, RunJournal> s_journals = new(StringComparer.Ordinal);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileStream> _files = [];
    private readonly QemuTestSettings _settings;
    private readonly string _root;
    private long _pageAt;
    private bool _broken;

    private RunJournal(QemuTestSettings settings)
    {
        _settings = settings;
        _root = ArtifactTree.RootOf(settings);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Finish();
    }

    public static RunJournal Of(QemuTestSettings settings) => s_journals.GetOrAdd(ArtifactTree.RootOf(settings), static (_, settings) => Create(settings), settings);

    /// <summary>A journal of its own; a process has one for each directory of artefacts.</summary>
    internal static RunJournal Create(QemuTestSettings settings) => new(settings);

    /// <summary>Notes a test that ended.</summary>
    public void Add(TestMarker marker, string verdict, TestFailure? failure, IReadOnlyList<MachineRecord> machines, string? path)
    {
        var line = new JsonObject
        {
            ["test"] = marker.Test.DisplayName,
            ["class"] = marker.Test.ClassName,
            ["assembly"] = ArtifactTree.AssemblyOf(marker.Test),
            ["verdict"] = verdict,
            ["started"] = marker.StartedAt.ToString("O"),
            ["seconds"] = Math.Round(MachineObservers.Clock.GetElapsedTime(marker.Timestamp).TotalSeconds, 3),
            ["title"] = failure is null ? null : SecretMask.Current.Apply(failure.Title),
            ["path"] = path is null ? null : Path.GetRelativePath(_root, path).Replace(Path.DirectorySeparatorChar, '/'),
            ["machines"] = new JsonArray([.. machines.Select(machine => (JsonNode)machine.ToJson())]),
        };
        byte[] bytes = Encoding.UTF8.GetBytes(line.ToJsonString(ReportJson.Options) + "\n");
        lock (_gate)
        {
            Guard(() => FileOf(ArtifactTree.AssemblyOf(marker.Test)).Write(bytes));
            if (failure is null || (_pageAt != 0 && MachineObservers.Clock.GetElapsedTime(_pageAt) < s_pageInterval))
                return;
            _pageAt = MachineObservers.Clock.GetTimestamp();
            WritePage(TimeSpan.Zero);
        }
    }

    /// <summary>At the process's end: the page with all of it.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            if (_files.Count == 0)
                return;
            foreach (FileStream file in _files.Values)
                file.Dispose();
            _files.Clear();
            WritePage(TimeSpan.FromSeconds(5));
            _broken = true; // who comes later comes after the end
            try
            {
                Directory.Delete(ArtifactTree.RunningRootOf(_settings));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Not empty: somebody else's tests run, or some never ended.
            }
        }
    }

    private FileStream FileOf(string assembly)
    {
        if (_files.TryGetValue(assembly, out FileStream? file))
            return file;
        string folder = Path.Combine(_root, Folder);
        Directory.CreateDirectory(folder);
        string name = ArtifactName.Segment(assembly);
        RemoveEarlier(folder, name);
        string run = _settings.Ci.RunId is { } id ? "-" + ArtifactName.HashedSegment("", id) : "";
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"run{run}-{name}-{Environment.ProcessId}.jsonl"));
        return _files[assembly] = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    /// <summary>The page shows each assembly's latest run. Runs of one CI job belong together, as do those that are under way.</summary>
    private void RemoveEarlier(string folder, string name)
    {
        string own = _settings.Ci.RunId is { } id ? $"run-{ArtifactName.HashedSegment("", id)}-" : "no other";
        foreach (string file in Directory.EnumerateFiles(folder, $"run*-{name}-*.jsonl"))
        {
            string stem = Path.GetFileNameWithoutExtension(file);
            if (!stem.StartsWith(own, StringComparison.Ordinal) && UnfinishedTests.IsGone(stem[(stem.LastIndexOf('-') + 1)..]))
                File.Delete(file);
        }
    }

    /// <summary>A page that cannot be written now is written with the next failure, or at the end.</summary>
    private void WritePage(TimeSpan limit)
    {
        try
        {
            if (!_broken)
                IndexPage.Write(_root, limit);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nobody's test fails for a page.
        }
    }

    private void Guard(Action work)
    {
        if (_broken)
            return;
        try
        {
            work();
        }
        catch (Exception)
        {
            _broken = true;
        }
    }
}
