namespace Qemu.Machine;

/// <summary>Channels for a person: the first console is the terminal, with QEMU's monitor behind Ctrl-A c; the others are sockets in a directory.</summary>
internal sealed class ManualTransport : IMachineTransport
{
    public const string TerminalConsole = "console0";

    public bool HasTerminal { get; private set; }

    public string Open(string name) => throw new NotSupportedException("A person's channels are not this process's.");

    public string Chardev(string name)
    {
        if (name != TerminalConsole)
            return $"socket,id={name},path={ManualCommand.SocketDirectory}/{name}.sock,server=on,wait=off";
        HasTerminal = true;
        return $"stdio,id={name},mux=on,signal=off";
    }

    public ValueTask<Stream> ConnectAsync(string name, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A person's channels are not this process's.");

    public void Dispose()
    {
    }
}
