using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>A capture of one card's packets, which QEMU writes to a file until this is disposed of.</summary>
public sealed class PacketCapture : IAsyncDisposable
{
    private readonly QemuMachine _machine;
    private readonly string _id;

    internal PacketCapture(QemuMachine machine, string id, string path)
    {
        _machine = machine;
        _id = id;
        Path = path;
    }

    /// <summary>The pcap file.</summary>
    public string Path { get; }

    /// <summary>Ends the capture; the file is whole then. One whose machine has ended needs no end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_machine.IsRunning)
            return;
        try
        {
            await _machine.Qmp.ExecuteAsync("object-del", new Dictionary<string, object?> { ["id"] = _id }).ConfigureAwait(false);
        }
        catch (Exception error) when (error is QemuExitedException or QmpDisconnectedException or QmpCommandException)
        {
            // It ended with the machine, meanwhile or by a relaunch.
        }
    }
}
