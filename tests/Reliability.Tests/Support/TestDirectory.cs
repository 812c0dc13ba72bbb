namespace Tests.Reliability;

/// <summary>A directory of a test's own, removed at its end.</summary>
internal sealed class TestDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("reliability-").FullName;

    public IReadOnlyList<string> Entries => Directory.GetFileSystemEntries(Path);

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
