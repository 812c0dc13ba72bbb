using System.Text.Json;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>A snapshot of a running machine, memory and disks, that can be loaded into it again as long as it runs.</summary>
/// <remarks>The state goes into an image of its own, so that machines without a disk have one too. QEMU ≥ 6.0.</remarks>
internal sealed class MachineSnapshot
{
    private const string Tag = "xunit-qemu-ready";
    private const string Holder = "xunit-qemu-snapshot";
    private const long HolderSize = 1024 * 1024;

    /// <summary>What QEMU tells of meanwhile, which is none of a test's business.</summary>
    private static readonly string[] s_events = ["JOB_STATUS_CHANGE", "STOP", "RESUME"];

    private readonly QemuMachine _machine;
    private readonly int? _process;
    private readonly IReadOnlyList<string> _nodes;

    private MachineSnapshot(QemuMachine machine, IReadOnlyList<string> nodes)
    {
        _machine = machine;
        _process = machine.ProcessId;
        _nodes = nodes;
    }

    /// <summary>Whether the machine still is the one that was saved: it is gone with its process.</summary>
    public bool IsValid => _machine.ProcessId is { } process && process == _process;

    /// <summary>Saves the machine, and lets it run on.</summary>
    /// <exception cref="QemuTemplateException">It cannot be saved.</exception>
    public static async Task<MachineSnapshot> TakeAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        try
        {
            string image = Path.Combine(machine.TempDirectory, Holder + ".qcow2");
            Qcow2Image.CreateEmpty(image, HolderSize);
            await machine.Qmp.ExecuteAsync(
                "blockdev-add",
                new Dictionary<string, object?>
                {
                    ["driver"] = Qcow2Image.Format,
                    ["node-name"] = Holder,
                    ["file"] = new Dictionary<string, object?> { ["driver"] = "file", ["filename"] = image },
                },
                cancellationToken).ConfigureAwait(false);
            var snapshot = new MachineSnapshot(machine, [Holder, .. await WritableNodesAsync(machine, cancellationToken).ConfigureAwait(false)]);
            await snapshot.RunAsync("snapshot-save", cancellationToken).ConfigureAwait(false);
            machine.Views.Discard(s_events);
            return snapshot;
        }
        catch (QmpCommandException error)
        {
            throw new QemuTemplateException($"QEMU cannot take a snapshot of machine {machine.Name}: {error.Description}", innerException: error);
        }
    }

    /// <summary>Brings the machine back to where it was saved, running.</summary>
    /// <exception cref="QemuTemplateException">QEMU cannot load it; the machine stands still, in no known state.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _machine.Qmp.ExecuteAsync("stop", cancellationToken).ConfigureAwait(false);
        await RunAsync("snapshot-load", cancellationToken).ConfigureAwait(false);
        await _machine.Qmp.ExecuteAsync("cont", cancellationToken).ConfigureAwait(false);
        _machine.Views.Discard(s_events);
    }

    private static async Task<IEnumerable<string>> WritableNodesAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        JsonElement devices = await machine.Qmp.ExecuteAsync("query-block", cancellationToken).ConfigureAwait(false);
        return
        [
            .. devices.EnumerateArray()
                .Where(device => device.TryGetProperty("inserted"u8, out JsonElement medium) && !medium.GetProperty("ro"u8).GetBoolean())
                .Select(device => device.GetProperty("inserted"u8).GetProperty("node-name"u8).GetString()!),
        ];
    }

    /// <summary>Runs a job to its end: QEMU reports its failure nowhere but in the list of jobs.</summary>
    private async Task RunAsync(string command, CancellationToken cancellationToken)
    {
        using QmpEventQueue changes = _machine.Events.Subscribe(new QmpEventQueueOptions { Names = ["JOB_STATUS_CHANGE"] });
        await _machine.Qmp.ExecuteAsync(
            command,
            new Dictionary<string, object?> { ["job-id"] = command, ["tag"] = Tag, ["vmstate"] = Holder, ["devices"] = _nodes },
            cancellationToken).ConfigureAwait(false);
        await _machine.Waits.RunAsync(
            $"{command} of machine {_machine.Name}",
            timeout: null,
            async token =>
            {
                while (!IsEnd(await changes.ReadAsync(Timeout.InfiniteTimeSpan, token).ConfigureAwait(false), command))
                {
                }

                return true;
            },
            () => null,
            cancellationToken).ConfigureAwait(false);

        JsonElement jobs = await _machine.Qmp.ExecuteAsync("query-jobs", cancellationToken).ConfigureAwait(false);
        string? problem = jobs.EnumerateArray()
            .Where(job => job.GetProperty("id"u8).GetString() == command && job.TryGetProperty("error"u8, out _))
            .Select(job => job.GetProperty("error"u8).GetString())
            .FirstOrDefault();
        await _machine.Qmp.ExecuteAsync("job-dismiss", new Dictionary<string, object?> { ["id"] = command }, cancellationToken).ConfigureAwait(false);
        if (problem is not null)
            throw new QemuTemplateException($"{command} of machine {_machine.Name} failed: {problem}");
    }

    private static bool IsEnd(QmpEvent change, string job) =>
        change.Data.GetProperty("id"u8).GetString() == job && change.Data.GetProperty("status"u8).GetString() == "concluded";
}
