namespace Tests.Qemu.Machine;

/// <summary>A directory of a test's own, removed with all that is in it.</summary>
internal sealed class TempRoot : IDisposable
{
    private readonly string _top = Directory.CreateTempSubdirectory("machine-tests-").FullName;

    /// <param name="length">How long the path is to be; 0 for short.</param>
    public TempRoot(int length = 0)
    {
        Path = _top;
        while (Path.Length < length)
            Path = System.IO.Path.Combine(Path, new string('d', Math.Min(200, Math.Max(1, length - Path.Length - 1))));
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>Names of all that is in it, at any depth.</summary>
    public IReadOnlyList<string> Content => [.. Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories)];

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    /// <summary>Writes a program that <c>/bin/sh</c> runs.</summary>
    public string WriteScript(string name, string body)
    {
        string path = Write(name, "#!/bin/sh\n" + body + "\n");
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public void Dispose() => Directory.Delete(_top, recursive: true);
}
