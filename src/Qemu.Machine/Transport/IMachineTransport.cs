namespace Qemu.Machine;

/// <summary>How QEMU's chardevs (QMP, consoles, guest agent) reach this process. One instance serves one launch.</summary>
internal interface IMachineTransport : IDisposable
{
    /// <summary>Prepares this process's side of a channel, before QEMU starts; returns the chardev properties for QEMU's side.</summary>
    string Open(string name);

    /// <summary>The whole chardev of a channel.</summary>
    string Chardev(string name) => $"socket,id={name},{Open(name)}";

    /// <summary>The stream of an opened channel; with a listener it completes when QEMU has dialled in.</summary>
    ValueTask<Stream> ConnectAsync(string name, CancellationToken cancellationToken);
}
