namespace Qemu.Machine;

/// <summary>A device that was plugged into a running machine.</summary>
public sealed class HotPluggedDevice
{
    private readonly MachineFaults _faults;

    internal HotPluggedDevice(MachineFaults faults, string id)
    {
        _faults = faults;
        Id = id;
    }

    /// <summary>Its id in QEMU.</summary>
    public string Id { get; }

    /// <summary>Unplugs it.</summary>
    /// <inheritdoc cref="MachineFaults.UnplugAsync"/>
    public Task UnplugAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => _faults.UnplugAsync(Id, timeout, cancellationToken);
}
