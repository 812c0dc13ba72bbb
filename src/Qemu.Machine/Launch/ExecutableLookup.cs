namespace Qemu.Machine;

/// <summary>Finds a program the way a shell does, and says why not.</summary>
internal static class ExecutableLookup
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The absolute path of a program; null, and the reason, when there is none that can be run.</summary>
    public static string? Find(string nameOrPath, string? firstDirectory, out string? problem)
    {
        problem = null;
        if (nameOrPath.Contains('/', StringComparison.Ordinal))
            return Check(Path.GetFullPath(nameOrPath), ref problem) ? Path.GetFullPath(nameOrPath) : null;

        string? notExecutable = null;
        foreach (string directory in SearchPath(firstDirectory))
        {
            string candidate = Path.Combine(directory, nameOrPath);
            if (Check(candidate, ref problem))
                return candidate;
            if (File.Exists(candidate))
                notExecutable ??= problem;
        }

        problem = notExecutable ?? $"there is no '{nameOrPath}' on PATH.{PackageAdvice(nameOrPath)}";
        return null;
    }

    private static IEnumerable<string> SearchPath(string? firstDirectory)
    {
        if (firstDirectory is not null)
            yield return firstDirectory;
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return directory;
    }

    private static bool Check(string path, ref string? problem)
    {
        if (Directory.Exists(path))
            problem = $"'{path}' is a directory.";
        else if (!File.Exists(path))
            problem = $"there is no file '{path}'.{PackageAdvice(Path.GetFileName(path))}";
        else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & AnyExecute) == UnixFileMode.None)
            problem = $"'{path}' is not executable (chmod +x would make it so).";
        else
            return true;
        return false;
    }

    private static string PackageAdvice(string name)
    {
        const string prefix = "qemu-system-";
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
            return "";
        string architecture = name[prefix.Length..];
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
        string fedora = architecture is "x86_64" or "i386" ? "qemu-system-x86" : prefix + architecture;
        return $" On Debian and Ubuntu it is in the package {debian} (sudo apt-get install {debian}), on Fedora in {fedora} (sudo dnf install {fedora}).";
    }
}
