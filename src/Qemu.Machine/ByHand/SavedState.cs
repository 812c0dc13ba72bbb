using System.Globalization;
using System.Text.Json;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// Saves a running machine, memory, devices and what its guest wrote to its disks, so that a person can go on from there.
/// The machine itself runs on.
/// </summary>
internal static class SavedState
{
    public const string MemoryFile = "machine-state";

    private const string Target = "xunit-qemu-kept";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Saves.</summary>
    /// <param name="machine">The machine; it stands still meanwhile.</param>
    /// <param name="directory">Where the files go; it must exist.</param>
    /// <param name="cancellationToken">Gives up; the machine runs on.</param>
    /// <returns>How to run it from there.</returns>
    /// <exception cref="QemuException">QEMU cannot save it; the message says why.</exception>
    /// <exception cref="IOException">The files cannot be written.</exception>
    public static async Task<ManualCommand> SaveAsync(QemuMachine machine, string directory, CancellationToken cancellationToken)
    {
        if (await DeviceState.ReadBlockersAsync(machine, cancellationToken).ConfigureAwait(false) is { Count: > 0 } blockers)
            throw new QemuTemplateException($"QEMU cannot save machine {machine.Name}: {string.Join(" ", blockers)}", blockers);
        JsonElement status = await machine.Qmp.ExecuteAsync("query-status", cancellationToken).ConfigureAwait(false);
        bool runs = status.GetProperty("running"u8).GetBoolean();
        await machine.Qmp.ExecuteAsync("stop", cancellationToken).ConfigureAwait(false);
        try
        {
            IReadOnlyList<string?> disks = await SaveDisksAsync(machine, directory, cancellationToken).ConfigureAwait(false);
            await DeviceState.SaveAllAsync(machine, Path.Combine(directory, MemoryFile), cancellationToken).ConfigureAwait(false);
            return ManualCommand.ForState(machine, disks);
        }
        finally
        {
            if (runs)
                await ResumeAsync(machine).ConfigureAwait(false);
        }
    }

    /// <summary>QEMU tells that a state is saved a moment before it lets the machine go on.</summary>
    private static async Task ResumeAsync(QemuMachine machine)
    {
        while (await ReadStatusAsync(machine).ConfigureAwait(false) == "finish-migrate")
            await Task.Delay(s_pause, machine.Spec.TimeProvider, CancellationToken.None).ConfigureAwait(false);
        await machine.Qmp.ExecuteAsync("cont", CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<string?> ReadStatusAsync(QemuMachine machine) =>
        (await machine.Qmp.ExecuteAsync("query-status", CancellationToken.None).ConfigureAwait(false)).GetProperty("status"u8).GetString();

    private static async Task<IReadOnlyList<string?>> SaveDisksAsync(QemuMachine machine, string directory, CancellationToken cancellationToken)
    {
        JsonElement devices = await machine.Qmp.ExecuteAsync("query-block", cancellationToken).ConfigureAwait(false);
        var saved = new List<string?>();
        int disk = 0;
        int flash = 0;
        foreach (QemuOption option in (machine.LaunchedSpec ?? machine.CurrentSpec).Options)
        {
            (string Device, string Image, string Format, bool Snapshot, bool ReadOnly)? image = option switch
            {
                DiskOption known => (Name("disk", disk++), known.Image, known.EffectiveFormat, known.Snapshot, known.ReadOnly),
                FlashOption known => (Name("pflash", flash++), known.Image, known.Format, known.Snapshot, known.ReadOnly),
                _ => null,
            };
            if (option is FaultyDiskOption)
                disk++;
            if (image is not { ReadOnly: false } writable)
                continue;
            JsonElement device = devices.EnumerateArray().FirstOrDefault(device => device.GetProperty("device"u8).GetString() == writable.Device);
            if (device.ValueKind == JsonValueKind.Undefined || !device.TryGetProperty("inserted"u8, out JsonElement inserted))
            {
                saved.Add(null);
                continue;
            }

            string name = string.Create(CultureInfo.InvariantCulture, $"disk{saved.Count}.qcow2");
            string path = Path.Combine(directory, name);
            if (writable.Snapshot)
                Qcow2Image.Create(path, writable.Image, writable.Format);
            else
                Qcow2Image.CreateEmpty(path, inserted.GetProperty("image"u8).GetProperty("virtual-size"u8).GetInt64());
            await BackUpAsync(machine, inserted.GetProperty("node-name"u8).GetString()!, path, writable.Snapshot ? "top" : "full", cancellationToken).ConfigureAwait(false);
            saved.Add(name);
        }

        return saved;

        static string Name(string kind, int number) => kind + number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Copies what a node holds: all of it, or what was written since it was laid over its image.</summary>
    private static async Task BackUpAsync(QemuMachine machine, string node, string path, string what, CancellationToken cancellationToken)
    {
        await machine.Qmp.ExecuteAsync(
            "blockdev-add",
            new Dictionary<string, object?>
            {
                ["driver"] = Qcow2Image.Format,
                ["node-name"] = Target,
                ["backing"] = null,
                ["file"] = new Dictionary<string, object?> { ["driver"] = "file", ["filename"] = path },
            },
            CancellationToken.None).ConfigureAwait(false);
        using QmpEventQueue ends = machine.Events.Subscribe(new QmpEventQueueOptions { Names = ["BLOCK_JOB_COMPLETED", "BLOCK_JOB_CANCELLED"] });
        try
        {
            await machine.Qmp.ExecuteAsync(
                "blockdev-backup",
                new Dictionary<string, object?> { ["job-id"] = Target, ["device"] = node, ["target"] = Target, ["sync"] = what },
                cancellationToken).ConfigureAwait(false);
            QmpEvent end = await ReadEndAsync(ends, cancellationToken).ConfigureAwait(false);
            if (end.Data.TryGetProperty("error"u8, out JsonElement error))
                throw new QemuTemplateException($"The disk of machine {machine.Name} could not be copied: {error.GetString()}");
        }
        catch (OperationCanceledException)
        {
            await CancelJobAsync(machine, ends).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await machine.Qmp.ExecuteAsync("blockdev-del", new Dictionary<string, object?> { ["node-name"] = Target }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>While there is a job its target cannot be removed.</summary>
    private static async Task CancelJobAsync(QemuMachine machine, QmpEventQueue ends)
    {
        try
        {
            var arguments = new Dictionary<string, object?> { ["device"] = Target, ["force"] = true };
            await machine.Qmp.ExecuteAsync("block-job-cancel", arguments, CancellationToken.None).ConfigureAwait(false);
            await ReadEndAsync(ends, CancellationToken.None).ConfigureAwait(false);
        }
        catch (QmpCommandException)
        {
            // It has come to its end, or never began.
        }
    }

    private static async Task<QmpEvent> ReadEndAsync(QmpEventQueue ends, CancellationToken cancellationToken)
    {
        while (true)
        {
            QmpEvent end = await ends.ReadAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            if (end.Data.GetProperty("device"u8).GetString() == Target)
                return end;
        }
    }
}
