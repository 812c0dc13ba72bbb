using System.Text.Json;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Errors that a disk of a running machine gives until this is disposed of: a blkdebug node between the device and its image.</summary>
public sealed class InjectedDiskFaults : IAsyncDisposable
{
    private readonly QemuMachine _machine;
    private readonly string _device;
    private readonly string _image;
    private readonly string _node;

    private InjectedDiskFaults(QemuMachine machine, string device, string image, string node)
    {
        _machine = machine;
        _device = device;
        _image = image;
        _node = node;
    }

    /// <summary>The disk works again. One whose machine has ended needs no end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_machine.IsRunning)
            return;
        try
        {
            await AttachAsync(_machine, _device, _image, CancellationToken.None).ConfigureAwait(false);
            await RemoveNodeAsync(_machine, _node, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is QemuExitedException or QmpDisconnectedException)
        {
            // It ended with the machine, meanwhile.
        }
    }

    internal static async Task<InjectedDiskFaults> InjectAsync(QemuMachine machine, string disk, IReadOnlyList<DiskFault> faults, CancellationToken cancellationToken)
    {
        (string device, string image) = await FindAsync(machine, disk, cancellationToken).ConfigureAwait(false);
        string node = "faults-" + disk;
        await machine.Qmp.ExecuteAsync(
            "blockdev-add",
            new Dictionary<string, object?>
            {
                ["driver"] = "blkdebug",
                ["node-name"] = node,
                ["image"] = image,
                ["inject-error"] = faults.Select(object? (fault) => fault.ToDictionary()).ToArray(),
            },
            cancellationToken).ConfigureAwait(false);
        try
        {
            await AttachAsync(machine, device, node, cancellationToken).ConfigureAwait(false);
        }
        catch (QmpCommandException)
        {
            await RemoveNodeAsync(machine, node, cancellationToken).ConfigureAwait(false);
            throw;
        }

        return new InjectedDiskFaults(machine, device, image, node);
    }

    /// <summary>The device that the guest sees the disk as, and the node that it reads from and writes to.</summary>
    private static async Task<(string Device, string Image)> FindAsync(QemuMachine machine, string disk, CancellationToken cancellationToken)
    {
        JsonElement all = await machine.Qmp.ExecuteAsync("query-block", cancellationToken).ConfigureAwait(false);
        JsonElement found = all.EnumerateArray().Single(block => block.GetProperty("device").GetString() == disk);
        return (found.GetProperty("qdev").GetString()!, found.GetProperty("inserted").GetProperty("node-name").GetString()!);
    }

    private static Task<JsonElement> AttachAsync(QemuMachine machine, string device, string node, CancellationToken cancellationToken) => machine.Qmp.ExecuteAsync(
        "qom-set",
        new Dictionary<string, object?> { ["path"] = device, ["property"] = "drive", ["value"] = node },
        cancellationToken);

    private static Task<JsonElement> RemoveNodeAsync(QemuMachine machine, string node, CancellationToken cancellationToken) =>
        machine.Qmp.ExecuteAsync("blockdev-del", new Dictionary<string, object?> { ["node-name"] = node }, cancellationToken);
}
