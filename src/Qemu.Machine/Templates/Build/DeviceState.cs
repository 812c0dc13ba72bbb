using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Saves and loads all of a stopped machine but its memory, which is in a file of its own already.</summary>
/// <remarks>QEMU calls this a migration with the capability <c>x-ignore-shared</c>: docs/system/vm-templating.rst.</remarks>
internal static class DeviceState
{
    /// <summary>What QEMU tells of while a state is saved or loaded, and when the machine runs again. That is our doing, not the guest's or a test's.</summary>
    public static readonly IReadOnlyList<string> Events = ["MIGRATION", "STOP", "RESUME"];

    private const string Descriptor = "template-state";

    /// <summary>From here on QEMU reads and writes a file by its path, and finds fault with one that is handed over.</summary>
    private static readonly Version s_byPath = new(8, 2);

    private static readonly QmpCommand s_stop = new("stop");
    private static readonly QmpCommand s_continue = new("cont");
    private static readonly QmpCommand s_query = new("query-migrate");
    private static readonly QmpCommand s_take = new("getfd", """{"fdname":"template-state"}"""u8.ToArray());
    private static readonly QmpCommand s_begin = SetCapabilities(ignoreShared: true, events: true);
    private static readonly QmpCommand s_beginAll = SetCapabilities(ignoreShared: false, events: true);
    private static readonly QmpCommand s_end = SetCapabilities(ignoreShared: false, events: false);

    /// <summary>Why QEMU cannot save the machine, in its own words; empty when it can.</summary>
    public static async Task<IReadOnlyList<string>> ReadBlockersAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        JsonElement info = await machine.Qmp.ExecuteAsync(s_query, cancellationToken).ConfigureAwait(false);
        return info.TryGetProperty("blocked-reasons"u8, out JsonElement reasons)
            ? [.. reasons.EnumerateArray().Select(reason => reason.GetString()!)]
            : [];
    }

    /// <summary>Stops the machine and saves its state; it stays stopped.</summary>
    /// <exception cref="QemuTemplateException">QEMU cannot save it.</exception>
    public static async Task SaveAsync(QemuMachine machine, string path, CancellationToken cancellationToken)
    {
        await machine.Qmp.ExecuteAsync(s_stop, cancellationToken).ConfigureAwait(false);
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
            await MigrateAsync(machine, "migrate", s_begin, file, path, cancellationToken).ConfigureAwait(false);
        }
        catch (QmpCommandException error)
        {
            IReadOnlyList<string> blockers = await ReadBlockersAsync(machine, cancellationToken).ConfigureAwait(false);
            throw new QemuTemplateException(
                $"QEMU cannot save machine {machine.Name}: {error.Description}", blockers.Count > 0 ? blockers : [error.Description], error);
        }
    }

    /// <summary>Saves all of a stopped machine, its memory included, though its guest have panicked; the caller's token is the only deadline.</summary>
    /// <exception cref="QemuTemplateException">QEMU cannot save it.</exception>
    /// <exception cref="QmpCommandException">Nor does it begin to.</exception>
    public static async Task SaveAllAsync(QemuMachine machine, string path, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        await MigrateAsync(machine, "migrate", s_beginAll, file, path, cancellationToken, ofAnyGuest: true).ConfigureAwait(false);
        await machine.Qmp.ExecuteAsync(s_end, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads a state into a machine that was launched to wait for one; it is stopped then, and <see cref="ContinueAsync"/> lets it run.</summary>
    /// <exception cref="QemuTemplateException">QEMU says that the state does not fit.</exception>
    /// <exception cref="QemuExitedException">So it does, by exiting.</exception>
    public static async Task LoadAsync(QemuMachine machine, string path, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        await MigrateAsync(machine, "migrate-incoming", s_begin, file, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets a machine run that a state was loaded into.</summary>
    public static Task ContinueAsync(QemuMachine machine, CancellationToken cancellationToken) => Task.WhenAll(
        machine.Qmp.ExecuteAsync(s_continue, cancellationToken),
        // A snapshot or migration of the user's own must find the machine as any other.
        machine.Qmp.ExecuteAsync(s_end, cancellationToken));

    private static async Task MigrateAsync(QemuMachine machine, string command, QmpCommand capabilities, SafeFileHandle file, string path, CancellationToken cancellationToken, bool ofAnyGuest = false)
    {
        // QEMU takes commands in their order: what need not be waited for is not, as each wait costs changes of threads and processes.
        var steps = new List<Task> { machine.Qmp.ExecuteAsync(capabilities, cancellationToken) };
        string uri = "file:" + path;
        if (machine.QemuVersion < s_byPath)
        {
            uri = "fd:" + Descriptor;
            steps.Add(machine.Qmp.ExecuteAsync(new QmpCommand(s_take.Name, s_take.Arguments) { Descriptor = file }, cancellationToken));
            await Task.WhenAll(steps).ConfigureAwait(false); // a descriptor may have to wait for its turn
        }

        using QmpEventQueue events = machine.Events.Subscribe(new QmpEventQueueOptions { Names = ["MIGRATION"] });
        steps.Add(machine.Qmp.ExecuteAsync(QmpCommand.Create(command, new Dictionary<string, object?> { ["uri"] = uri }), cancellationToken));
        await Task.WhenAll(steps).ConfigureAwait(false);
        string status = await machine.Waits.RunAsync(
            $"the state of machine {machine.Name} to pass ({command})",
            timeout: ofAnyGuest ? Timeout.InfiniteTimeSpan : null,
            token => ReadEndAsync(events, token),
            () => null,
            cancellationToken,
            endsAtPanic: !ofAnyGuest).ConfigureAwait(false);
        if (status == "completed")
            return;
        JsonElement info = await machine.Qmp.ExecuteAsync(s_query, cancellationToken).ConfigureAwait(false);
        string problem = info.TryGetProperty("error-desc"u8, out JsonElement description) ? description.GetString()! : status;
        throw new QemuTemplateException($"The state of machine {machine.Name} did not pass ({command}): {problem}");
    }

    private static async Task<string> ReadEndAsync(QmpEventQueue events, CancellationToken cancellationToken)
    {
        while (true)
        {
            QmpEvent change = await events.ReadAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            string status = change.Data.GetProperty("status"u8).GetString()!;
            if (status is "completed" or "failed" or "cancelled")
                return status;
        }
    }

    private static QmpCommand SetCapabilities(bool ignoreShared, bool events) => new(
        "migrate-set-capabilities",
        Encoding.UTF8.GetBytes(
            $$"""{"capabilities":[{"capability":"x-ignore-shared","state":{{(ignoreShared ? "true" : "false")}}},{"capability":"events","state":{{(events ? "true" : "false")}}}]}"""));
}
