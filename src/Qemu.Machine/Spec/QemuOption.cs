namespace Qemu.Machine;

/// <summary>
/// One typed option of a machine. It stays data until the moment the command line is rendered, so that templates,
/// requirements and diagnoses can read what a machine is made of.
/// </summary>
public abstract record QemuOption
{
    private protected QemuOption()
    {
    }

    /// <summary>Appends the QEMU arguments that this option stands for.</summary>
    internal abstract void AppendTo(CommandLineBuilder commandLine);
}
