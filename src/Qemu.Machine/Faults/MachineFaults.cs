using System.Globalization;
using System.Security.Cryptography;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// What goes wrong with computers, done to a running machine on purpose. Network faults are with <see cref="QemuMachine.Network"/>
/// and <see cref="QemuNetwork"/>, errors that a disk gives from the start with <see cref="QemuMachineBuilder.WithFaultyDisk"/>.
/// </summary>
public sealed class MachineFaults
{
    private readonly QemuMachine _machine;

    internal MachineFaults(QemuMachine machine)
    {
        _machine = machine;
    }

    /// <summary>Stops all virtual CPUs; the guest notices nothing but that time has passed.</summary>
    /// <exception cref="QemuExitedException">QEMU ended.</exception>
    public Task PauseAsync(CancellationToken cancellationToken = default) => _machine.Qmp.ExecuteAsync("stop", cancellationToken);

    /// <summary>Lets a paused guest go on.</summary>
    /// <exception cref="QmpCommandException">QEMU refused: after a shutdown, say, the guest needs a reset first.</exception>
    /// <exception cref="QemuExitedException">QEMU ended.</exception>
    public Task ResumeAsync(CancellationToken cancellationToken = default) => _machine.Qmp.ExecuteAsync("cont", cancellationToken);

    /// <summary>Presses the reset button, and returns when the machine has been reset.</summary>
    /// <param name="timeout">The deadline; null: 30 s, scaled by the settings.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QemuTimeoutException">It was not reset in time.</exception>
    /// <exception cref="QemuExitedException">QEMU ended, as <c>-no-reboot</c> has it do.</exception>
    public async Task ResetAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        using QmpEventQueue events = Subscribe("RESET");
        await _machine.Qmp.ExecuteAsync("system_reset", cancellationToken).ConfigureAwait(false);
        await WaitAsync(events, new QmpEventPattern("RESET", new Dictionary<string, object?> { ["guest"] = false }), "reset", timeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Pulls the plug: QEMU is gone at once, without a flush. What the guest had written and not flushed may be on the disk or not; QEMU's disks keep what reached them.</summary>
    public Task PowerCutAsync() => _machine.KillAsync();

    /// <summary>Raises a non-maskable interrupt on all CPUs: a Linux guest logs it, or panics where it is told to.</summary>
    /// <exception cref="QmpCommandException">The machine type has no such interrupt.</exception>
    /// <exception cref="QemuExitedException">QEMU ended.</exception>
    public Task NmiAsync(CancellationToken cancellationToken = default) => _machine.Qmp.ExecuteAsync("inject-nmi", cancellationToken);

    /// <summary>Has a disk give errors from now on, until the result is disposed of: <c>await using (await machine.Faults.InjectDiskFaultsAsync([new DiskFault(DiskOperation.Write)]))</c>.</summary>
    /// <param name="faults">The errors. Number 28, ENOSPC, pauses the machine when a write meets it: that is QEMU's default.</param>
    /// <param name="disk">The disk's number, in the order in which <see cref="QemuMachineBuilder.WithDisk"/> and its like added them.</param>
    /// <param name="cancellationToken">Ends the wait for QEMU.</param>
    /// <exception cref="QemuConfigurationException">There is no such disk.</exception>
    /// <exception cref="QmpCommandException">QEMU refused: faults are injected into this disk already, or the device lets nothing be put between (QEMU &lt; 6.0).</exception>
    public Task<InjectedDiskFaults> InjectDiskFaultsAsync(IEnumerable<DiskFault> faults, int disk = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(faults);
        int count = _machine.Spec.Options.Count(option => option is DiskOption or FaultyDiskOption);
        return disk >= 0 && disk < count
            ? InjectedDiskFaults.InjectAsync(_machine, "disk" + disk.ToString(CultureInfo.InvariantCulture), [.. faults], cancellationToken)
            : throw new QemuConfigurationException($"Machine {_machine.Name} has no disk {disk}: it has {count}; add .WithDisk(image).");
    }

    /// <summary>Plugs a device in. On <c>q35</c> the machine needs a free port for a PCI one: <c>.WithDevice("pcie-root-port,id=port0")</c>, and <c>bus</c> here.</summary>
    /// <param name="driver">The device's driver: <c>virtio-rng-pci</c>.</param>
    /// <param name="properties">Its properties; null for none.</param>
    /// <param name="cancellationToken">Ends the wait for QEMU.</param>
    /// <exception cref="QmpCommandException">QEMU refused.</exception>
    public async Task<HotPluggedDevice> PlugAsync(string driver, IReadOnlyDictionary<string, object?>? properties = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(driver);
        Dictionary<string, object?> arguments = properties is null ? [] : new(properties);
        arguments["driver"] = driver;
        if (!arguments.ContainsKey("id"))
            arguments["id"] = "plugged-" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        await _machine.Qmp.ExecuteAsync("device_add", arguments, cancellationToken).ConfigureAwait(false);
        return new HotPluggedDevice(this, (string)arguments["id"]!);
    }

    /// <summary>Asks the guest to let go of a device, and returns when it is out.</summary>
    /// <param name="id">The device's id.</param>
    /// <param name="timeout">The deadline; null: 30 s, scaled by the settings.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QmpCommandException">QEMU refused: there is none, or it cannot be unplugged.</exception>
    /// <exception cref="QemuTimeoutException">The guest did not let go of it.</exception>
    public async Task UnplugAsync(string id, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var device = new Dictionary<string, object?> { ["id"] = id };
        using QmpEventQueue events = Subscribe("DEVICE_DELETED");
        await _machine.Qmp.ExecuteAsync("device_del", device, cancellationToken).ConfigureAwait(false);
        await WaitAsync(events, new QmpEventPattern("DEVICE_DELETED", new Dictionary<string, object?> { ["device"] = id }), $"unplugging of {id}", timeout, cancellationToken).ConfigureAwait(false);
    }

    private QmpEventQueue Subscribe(string name) => _machine.Events.Subscribe(new QmpEventQueueOptions { Names = [name], TimeProvider = _machine.Waits.TimeProvider });

    private Task<QmpEvent> WaitAsync(QmpEventQueue events, QmpEventPattern pattern, string what, TimeSpan? timeout, CancellationToken cancellationToken) => _machine.Waits.RunAsync(
        $"the {what} of machine {_machine.Name}",
        timeout,
        token => events.WaitAnyAsync([pattern], Timeout.InfiniteTimeSpan, token),
        () => null,
        cancellationToken);
}
