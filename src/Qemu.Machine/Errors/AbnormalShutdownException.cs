using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>The machine is down and cleaned up, but not the way it should have gone: it had to be forced, crashed, or exited with an error.</summary>
public sealed class AbnormalShutdownException : QemuException
{
    internal AbnormalShutdownException(string machineName, MachineEnd end, string log, Exception? cause)
        : base($"Machine {machineName} did not shut down cleanly: {end}.{LogExcerpt.Format(log)}", cause)
    {
        End = end;
        Log = log;
    }

    /// <summary>How it ended.</summary>
    public MachineEnd End { get; }

    /// <summary>What QEMU wrote.</summary>
    public string Log { get; }
}
