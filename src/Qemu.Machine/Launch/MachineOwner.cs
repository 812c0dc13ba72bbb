using System.Text;

namespace Qemu.Machine;

/// <summary>
/// The file in a machine's directory whose lock says that its owner lives, however the owner dies. It names the machine's processes, for the case that owner and
/// <see cref="LifelineWatcher"/> are killed at once: then whoever finds the directory ends them.
/// </summary>
internal sealed class MachineOwner : IDisposable
{
    private const string FileName = "owner";

    /// <summary>Which boot of the host the processes belong to: their start times begin anew with each.</summary>
    private static readonly Lazy<string> s_boot = new(ReadBoot);

    private readonly FileStream _file;

    private MachineOwner(FileStream file) => _file = file;

    public static string PathIn(string directory) => Path.Combine(directory, FileName);

    /// <summary>Makes the file, and holds it.</summary>
    public static MachineOwner Own(string directory) => new(PrivateFile.Create(PathIn(directory), FileShare.None));

    /// <summary>Takes over what a dead owner left.</summary>
    /// <exception cref="IOException">The owner lives.</exception>
    public static MachineOwner Inherit(string directory) => new(new FileStream(PathIn(directory), FileMode.Open, FileAccess.ReadWrite, FileShare.None));

    /// <summary>Writes a process down, in one write.</summary>
    public void Note(ProcessIdentity process)
    {
        try
        {
            _file.Write(Encoding.ASCII.GetBytes($"{process} {s_boot.Value}\n"));
        }
        catch (IOException)
        {
            // The disk is full: the watcher must do.
        }
    }

    /// <summary>Kills the groups of those that were written down and are still there.</summary>
    public void KillProcesses()
    {
        using var lines = new StreamReader(_file, leaveOpen: true);
        while (lines.ReadLine() is { } line)
        {
            if (line.Split(' ') is [var process, var boot] && boot == s_boot.Value && ProcessIdentity.Parse(process) is { IsAlive: true } alive)
                _ = Libc.Kill(-alive.ProcessId, Libc.SIGKILL);
        }
    }

    public void Dispose() => _file.Dispose();

    private static string ReadBoot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "unknown"; // hidden in a sandbox
        }
    }
}
