using System.Globalization;
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
            return machine.Panic is null ? "it had ended." : "QEMU ended it when its guest panicked: .WithArguments(\"-action\", \"panic=pause\") would keep it.";
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
        catch (Exception error)
        {
            Directory.Delete(directory, recursive: true);
            if (error is OperationCanceledException)
                return string.Create(CultureInfo.InvariantCulture, $"that takes more than {s_limit.TotalSeconds:0.###} s.");
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
    /// <exception cref="InvalidDataException">It keeps something else.</exception>
    public static ManualCommand? Read(string folder)
    {
        string path = Path.Combine(folder, Folder, ManifestName);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<Manifest>(File.ReadAllText(path), ReportJson.Options)?.Command
                ?? throw new InvalidDataException($"{path} does not say how the machine is run.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private sealed record Manifest(string Machine, string? Qemu, ManualCommand Command);
}
