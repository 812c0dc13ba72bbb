using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>QEMU ended while something waited for the guest, or had ended before. The machine can be launched again.</summary>
public sealed class QemuExitedException : QemuException
{
    internal QemuExitedException(string machineName, MachineEnd end, string log, Exception? innerException = null)
        : base(Describe(machineName, end, log), innerException)
    {
        End = end;
        Log = log;
    }

    /// <summary>How it ended.</summary>
    public MachineEnd End { get; }

    /// <summary>What QEMU wrote.</summary>
    public string Log { get; }

    private static string Describe(string machineName, MachineEnd end, string log) =>
        $"Machine {machineName} has ended: {end}.{LogExcerpt.Format(log)}";
}
