namespace Tests.Qemu.Machine;

/// <summary>The QEMUs that the corpus of failing launches runs on: the host's own, and the one that <c>build/qemu-matrix</c> puts beside it.</summary>
internal static class CorpusQemu
{
    public const string Host = "host";
    public const string Newer = "newer";

    public static IReadOnlyList<string> Versions { get; } = [Host, Newer];

    /// <summary>The program; skips the test where it is not there.</summary>
    public static string Binary(string version)
    {
        if (version == Host)
        {
            Assert.SkipUnless(OnPath("qemu-system-x86_64"), "needs qemu-system-x86_64 on PATH");
            return "qemu-system-x86_64";
        }

        string data = Environment.GetEnvironmentVariable("XUNIT_QEMU_CACHE")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "xunit-qemu");
        string shim = Path.Combine(data, "qemu-trixie", "bin", "qemu-system-x86_64");
        Assert.SkipUnless(File.Exists(shim), $"needs a second QEMU at {shim}: run build/qemu-matrix");
        return shim;
    }

    public static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
}
