using System.ComponentModel;
using System.Diagnostics;

namespace Tests.Qemu.Testing;

/// <summary>A file system over a directory, for as long as a test takes. Skips the test where none may be mounted.</summary>
internal sealed class TestDisk : IDisposable
{
    private readonly string _directory;

    /// <param name="directory">What it covers.</param>
    /// <param name="options">As <c>mount -o</c> takes them.</param>
    public TestDisk(string directory, string options)
    {
        _directory = directory;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory), "needs leave to mount a file system");
    }

    public void Dispose() => Run("umount", "-l", _directory);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
