namespace Qemu.Machine;

/// <summary>How a machine ended: decided once, at one place, and the same for everybody who asks.</summary>
/// <param name="Cause">The first cause.</param>
/// <param name="ExitCode">QEMU's exit code; null when a signal ended it.</param>
/// <param name="TerminatingSignal">The signal's number; null when QEMU exited.</param>
/// <param name="IsAbnormal">Whether something went wrong: a crash, an error exit nobody asked for, or a forced end.</param>
public sealed record MachineEnd(MachineEndCause Cause, int? ExitCode, int? TerminatingSignal, bool IsAbnormal)
{
    /// <summary>What else is known of the reason, such as that the kernel ran out of memory, with "perhaps" where it is not certain; null when nothing is known.</summary>
    public string? Explanation { get; init; }

    /// <summary>The end in words.</summary>
    public override string ToString() => Explanation is null ? Describe() : $"{Describe()}: {Explanation}";

    private string Describe()
    {
        string status = new ExitStatus(ExitCode, TerminatingSignal).ToString();
        return Cause switch
        {
            MachineEndCause.GuestShutdown => $"the guest shut itself down; QEMU {status}",
            MachineEndCause.Quit => $"a quit command ended it; QEMU {status}",
            MachineEndCause.Shutdown => $"it was shut down; QEMU {status}",
            MachineEndCause.Killed => $"it was killed on request; QEMU {status}",
            MachineEndCause.Forced => $"it did not end in time and was forced to; QEMU {status}",
            _ => $"QEMU {status}",
        };
    }
}
