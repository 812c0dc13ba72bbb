using System.Diagnostics;

namespace Tests.Qemu.Machine;

/// <summary>The QEMUs that tests of version-dependent behaviour run on: the host's own, and a newer one that <c>build/qemu-matrix</c> puts beside it.</summary>
internal static class QemuVersions
{
    public const string Host = "host";
    public const string Newer = "newer";

    public static TheoryData<string> All => [Host, Newer];

    /// <summary>The program; skips the test where it is not there.</summary>
    public static string Binary(string version) => Binary(version, "qemu-system-x86_64");

    /// <inheritdoc cref="Binary(string)"/>
    public static string Binary(string version, string program)
    {
        if (version == Host)
        {
            Assert.SkipUnless(
                Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program))),
                $"needs {program} on PATH: run build/setup");
            return program;
        }

        string data = Environment.GetEnvironmentVariable("XUNIT_QEMU_CACHE")
            ?? Path.Combine(Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } home
                ? home
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share"), "xunit-qemu");
        string shim = Path.Combine(data, "qemu-trixie", "bin", program);
        Assert.SkipUnless(File.Exists(shim), $"needs a second QEMU at {shim}: run build/qemu-matrix");
        return shim;
    }

    public static string FirstLine(string binary)
    {
        using Process process = Process.Start(new ProcessStartInfo(binary, ["--version"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadLine() ?? "";
    }
}
