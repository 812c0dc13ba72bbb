using System.Diagnostics;

namespace Tests.Reliability;

/// <summary>A file system of a quarter of a megabyte, or one that cannot be written to. Skips the test where nothing may be mounted.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TestDirectory _mountPoint = new();

    public SmallDisk(string options = "size=256k")
    {
        if (Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", _mountPoint.Path) == 0)
            return;
        _mountPoint.Dispose();
        Assert.Skip("needs the right to mount a tmpfs");
    }

    public string Path => _mountPoint.Path;

    public IReadOnlyList<string> Entries => _mountPoint.Entries;

    public void Dispose()
    {
        // Lazily: a test that failed may have left something open.
        _ = Run("umount", "-l", _mountPoint.Path);
        _mountPoint.Dispose();
    }

    private static int Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
