namespace Qemu.Machine;

/// <summary>A QEMU that failed its own checks, or was stopped by the kernel for a fault of its own.</summary>
internal sealed class CrashRule : LaunchRule
{
    public override string Name => "crash";

    public override Finding? Examine(LaunchEvidence evidence)
    {
        string? fault = evidence.Exit?.Signal switch
        {
            4 => "it met an instruction that this CPU does not have: it was built for a newer one",
            6 => "it failed a check of its own",
            7 => "it touched memory that was not there: a file that backs guest memory was cut short, or /dev/shm or the huge pages are full",
            8 => "it divided by zero, or made another arithmetic error",
            11 => "it touched memory that is not its own",
            31 => "it made a system call that a sandbox forbids",
            _ => null,
        };
        if (fault is null)
            return null;
        string assertion = evidence.Lines.FirstOrDefault(line => line.Text.Contains("Assertion", StringComparison.Ordinal) || line.Text.Contains("ERROR:", StringComparison.Ordinal)) is { } line
            ? $" ({line.Text})"
            : "";
        return new Finding(
            $"QEMU crashed: {fault}{assertion}.",
            evidence.Exit?.Signal == 31
                ? "Take -sandbox off, or allow the call in the container's seccomp profile."
                : "A fault of QEMU, of its modules or of the wrapper: try without the last option added and with another version; `coredumpctl` may have the core.");
    }
}
