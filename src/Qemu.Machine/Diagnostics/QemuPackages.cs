namespace Qemu.Machine;

/// <summary>Which package has which QEMU program.</summary>
internal static class QemuPackages
{
    private const string Prefix = "qemu-system-";

    private static readonly EnumerationOptions s_whatIsReadable = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    /// <summary>Names of the QEMU programs that are on PATH.</summary>
    public static IEnumerable<string> InstalledPrograms() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Where(Directory.Exists)
        .SelectMany(directory => Directory.EnumerateFiles(directory, Prefix + "*", s_whatIsReadable))
        .Select(path => Path.GetFileName(path))
        .Distinct(StringComparer.Ordinal);

    /// <summary>How to install a program; null for one that is not QEMU's.</summary>
    public static string? AdviceFor(string program)
    {
        if (program is "qemu-img" or "qemu-nbd" or "qemu-io")
            return "On Debian and Ubuntu: sudo apt-get install qemu-utils. On Fedora: sudo dnf install qemu-img.";
        if (!program.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        string architecture = program[Prefix.Length..];
        string debian = architecture switch
        {
            "x86_64" or "i386" => "qemu-system-x86",
            "aarch64" or "arm" => "qemu-system-arm",
            "ppc" or "ppc64" => "qemu-system-ppc",
            "mips" or "mipsel" or "mips64" or "mips64el" => "qemu-system-mips",
            "sparc" or "sparc64" => "qemu-system-sparc",
            "s390x" => "qemu-system-s390x",
            _ => "qemu-system-misc",
        };
        string fedora = architecture is "x86_64" or "i386" ? "qemu-system-x86" : Prefix + architecture;
        return $"On Debian and Ubuntu: sudo apt-get install {debian}. On Fedora: sudo dnf install {fedora}.";
    }
}
