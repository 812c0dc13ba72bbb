using System.Text.Json;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>The folder <c>state</c> of an artefact directory: a failed machine as it was, and how to go on from there.</summary>
internal static class KeptState
{
    public const string Folder = "state";
    public const string ManifestName = "state.json";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    /// <summary>Saves a machine's state, if it has any.</summary>
    /// <returns>Why there is none; null when it is saved.</returns>
    public static async Task<string?> SaveAsync(MachineEvidence evidence, TestRecording recording)
    {
        QemuMachine machine = evidence.Entry.Machine;
        if (!machine.IsRunning)
            return "it had ended.";
        if (!evidence.Answers)
            return "its QMP does not answer.";
        string directory = Path.Combine(recording.FolderOf(evidence.Label), Folder);
        Directory.CreateDirectory(directory);
        try
        {
            using var limit = new CancellationTokenSource(s_limit);
            await LongWork.RunAsync($"Saving the state of machine {machine.Name}", waitsFor: null, () => SaveAsync(machine, directory, limit.Token)).ConfigureAwait(false);
            return null;
        }
        catch
        {
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Saves the state of a machine that runs into a directory that is there.</summary>
    public static async Task SaveAsync(QemuMachine machine, string directory, CancellationToken cancellationToken)
    {
        ManualCommand command = await SavedState.SaveAsync(machine, directory, cancellationToken).ConfigureAwait(false);
        string manifest = JsonSerializer.Serialize(new Manifest(machine.Name, machine.QemuVersion?.ToString(), command), ReportJson.Options);
        await File.WriteAllTextAsync(Path.Combine(directory, ManifestName), manifest + "\n", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How to run what a machine's folder keeps; null when it keeps nothing.</summary>
    public static ManualCommand? Read(string folder)
    {
        string path = Path.Combine(folder, Folder, ManifestName);
        if (!File.Exists(path))
            return null;
        return JsonSerializer.Deserialize<Manifest>(File.ReadAllText(path), ReportJson.Options)!.Command;
    }

    private sealed record Manifest(string Machine, string? Qemu, ManualCommand Command);
}
