using System.Diagnostics;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>Artefacts go to a disk that is full before a test has said much: it fails no passing test and hides no failure.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("qemu-small-disk-");

    [Theory]
    [InlineData("Scenarios.V3")]
    [InlineData("Scenarios.V3Next")]
    public async Task Full_disk_fails_no_test_and_hides_no_failure(string program)
    {
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", _disk.FullName) == 0, "needs the right to mount a tmpfs");

        using TestRunReports reports = await new TestProgram(program).RunAsync(
            ["-class", "Scenarios.SharedMachine"],
            new Dictionary<string, string> { ["XUNIT_QEMU_ARTIFACTS"] = _disk.FullName, ["XUNIT_QEMU_KEEP"] = "all" });

        Assert.Equal("Pass", reports["SharedMachine.Passes"].Result);
        Assert.Equal("Fail", reports["SharedMachine.Fails"].Result);
        Assert.Contains("what never comes", reports["SharedMachine.Fails"].Message, StringComparison.Ordinal);
        Assert.Contains("only in the failing test", reports["SharedMachine.Fails"].Output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _ = Run("umount", "-l", _disk.FullName);
        _disk.Delete(recursive: true);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
