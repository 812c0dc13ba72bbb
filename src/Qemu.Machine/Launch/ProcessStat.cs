using System.Globalization;

namespace Qemu.Machine;

/// <summary>What the kernel tells of a process in one line: <c>/proc/PID/stat</c>, proc(5).</summary>
internal sealed class ProcessStat
{
    private readonly string[] _fields; // from the third on

    private ProcessStat(string name, string[] fields) => (Name, _fields) = (name, fields);

    /// <summary>The program's name, cut to 15 characters by the kernel.</summary>
    public string Name { get; }

    /// <summary>The state's letter.</summary>
    public char State => _fields[0][0];

    /// <summary>The id of its process group.</summary>
    public int Group => int.Parse(_fields[2], CultureInfo.InvariantCulture);

    /// <summary>The CPU time it used so far, in the kernel's ticks.</summary>
    public long CpuTicks => long.Parse(_fields[11], CultureInfo.InvariantCulture) + long.Parse(_fields[12], CultureInfo.InvariantCulture);

    /// <summary>When it started, in the kernel's ticks since the boot.</summary>
    public string StartTime => _fields[19];

    /// <exception cref="IOException">There is no such process.</exception>
    /// <exception cref="UnauthorizedAccessException">The host does not tell.</exception>
    public static ProcessStat Read(int processId)
    {
        // The name may hold anything, parentheses and blanks included; behind its last one come the fields.
        string line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        int nameEnd = line.LastIndexOf(')');
        return new ProcessStat(line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..nameEnd], line[(nameEnd + 2)..].Split(' '));
    }
}
