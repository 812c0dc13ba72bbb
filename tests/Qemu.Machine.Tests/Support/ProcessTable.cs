using System.Globalization;
using System.Runtime.InteropServices;

namespace Tests.Qemu.Machine;

/// <summary>What the kernel says about processes: the tests' own witness.</summary>
internal static partial class ProcessTable
{
    public const int SigKill = 9;
    public const int SigSegv = 11;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    private static IEnumerable<int> All =>
        from path in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(path)
        where name.All(char.IsAsciiDigit)
        select int.Parse(name, CultureInfo.InvariantCulture);

    /// <summary>Whether there is such a process, and not only what is left of it until its parent looks.</summary>
    public static bool IsAlive(int processId) => State(processId) is { } state && state != 'Z' && state != 'X';

    /// <summary>The state letter of proc(5): T for stopped; null when there is no such process.</summary>
    public static char? State(int processId) => Stat(processId) is [var state, ..] ? state[0] : null;

    /// <summary>The children of a process, dead ones that nobody reaped included.</summary>
    public static IReadOnlyList<int> Children(int processId) =>
        [.. All.Where(other => Stat(other) is [_, var parent, ..] && parent == processId.ToString(CultureInfo.InvariantCulture))];

    /// <summary>All processes whose command line contains a text.</summary>
    public static IReadOnlyList<int> WithArgument(string text) =>
        [.. All.Where(process => process != Environment.ProcessId && IsAlive(process) && Read(process, "cmdline").Contains(text, StringComparison.Ordinal))];

    /// <summary>How much memory a process has, shared memory included.</summary>
    public static long ResidentBytes(int processId) =>
        Read(processId, "statm").Split(' ') is [_, var pages, ..] ? long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize : 0;

    public static string[] CommandLine(int processId) => Read(processId, "cmdline").TrimEnd('\0').Split('\0');

    /// <summary>Whether a process ignores a signal: the mask SigIgn of proc(5).</summary>
    public static bool IgnoresSignal(int processId, int signal)
    {
        string? line = Read(processId, "status").Split('\n').FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return line is not null && (ulong.Parse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) == 1;
    }

    /// <summary>What a process's descriptors point to, by number.</summary>
    public static IReadOnlyDictionary<int, string> Descriptors(int processId)
    {
        var found = new Dictionary<int, string>();
        try
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd")))
            {
                if (new FileInfo(path).LinkTarget is { } target)
                    found[int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)] = target;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is gone.
        }

        return found;
    }

    /// <summary>All processes but these that hold a descriptor to one of the given targets.</summary>
    public static IReadOnlyList<int> Holders(IReadOnlyCollection<string> targets, params int[] except) =>
        [.. All.Except(except).Where(process => Descriptors(process).Values.Any(targets.Contains))];

    public static void Signal(int processId, int signal) =>
        Assert.True(Kill(processId, signal) == 0, $"kill({processId}, {signal}): {Marshal.GetLastPInvokeErrorMessage()}");

    /// <summary>Sends a signal to a process that may be gone already.</summary>
    public static bool TrySignal(int processId, int signal) => Kill(processId, signal) == 0;

    private static string[]? Stat(int processId)
    {
        string stat = Read(processId, "stat");
        return stat.Length == 0 ? null : stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static string Read(int processId, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{file}"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
