namespace Qemu.Machine;

/// <summary>What machines are used within, such as a running test. One object stands for one scope; it is compared by reference.</summary>
public interface IMachineScope
{
    /// <summary>Cancelled when the scope is: every wait of a machine within it ends then.</summary>
    CancellationToken CancellationToken { get; }

    /// <summary>What machines built within the scope start from.</summary>
    QemuSettings Settings => QemuSettings.Default;

    /// <summary>Whether what is said within, such as which panics are allowed, holds for all who use the machine later. Default: no, only within.</summary>
    bool CountsForAll => false;

    /// <summary>Runs the start of a machine when its turn has come. The default runs it at once.</summary>
    /// <param name="start">The start, up to where the machine is ready.</param>
    /// <param name="cancellationToken">Ends the queueing, and the start.</param>
    Task RunStartAsync(Func<CancellationToken, Task> start, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        return start(cancellationToken);
    }

    /// <summary>Takes notice of a machine that was built within the scope.</summary>
    void Adopt(QemuMachine machine);
}
