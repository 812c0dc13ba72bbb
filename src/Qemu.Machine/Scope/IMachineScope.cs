namespace Qemu.Machine;

/// <summary>What machines are used within, such as a running test. One object stands for one scope; it is compared by reference.</summary>
public interface IMachineScope
{
    /// <summary>Cancelled when the scope is: every wait of a machine within it ends then.</summary>
    CancellationToken CancellationToken { get; }

    /// <summary>What machines built within the scope start from.</summary>
    QemuSettings Settings => QemuSettings.Default;

    /// <summary>Whether what is arranged within the scope, such as which panics are allowed, also holds outside it, for all later users of the machine. Default: no.</summary>
    bool CountsForAll => false;

    /// <summary>Waits until the host has room for a machine that is about to be launched within the scope.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="mayWait">False when the launch is part of another start, which others may be waiting for: then it is given room at once, also where there is none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Disposed of when the machine's process has ended; null when nothing is counted.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    Task<IDisposable?> AdmitAsync(QemuMachine machine, bool mayWait, CancellationToken cancellationToken) => Task.FromResult<IDisposable?>(null);

    /// <summary>Registers a file, such as a packet capture, as part of the evidence that the scope keeps when it fails.</summary>
    /// <param name="path">An absolute path. The file may still grow, and may be gone by then.</param>
    void AddEvidence(string path)
    {
    }

    /// <summary>Runs the start of a machine when its turn has come. The default runs it at once.</summary>
    /// <param name="start">The start, up to where the machine is ready.</param>
    /// <param name="cancellationToken">Ends the queueing, and the start.</param>
    Task RunStartAsync(Func<CancellationToken, Task> start, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        return start(cancellationToken);
    }

    /// <summary>Registers a machine that was built within the scope.</summary>
    void Adopt(QemuMachine machine);
}
