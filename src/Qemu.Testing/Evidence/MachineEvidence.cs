using System.Globalization;
using Qemu.Machine;
using Qemu.Qmp;

namespace Qemu.Testing;

/// <summary>What one machine has to show for a test, as it was at one moment.</summary>
internal sealed class MachineEvidence
{
    /// <summary>Of a longer text the end is attached; the artefact directory has all of it.</summary>
    public const int AttachmentLimit = 1024 * 1024;

    private const int OutputLines = 60;

    private static readonly TimeSpan s_statusLimit = TimeSpan.FromSeconds(2);

    private readonly ScopedMachine _entry;
    private readonly string _state;
    private readonly bool _answers;
    private readonly string _log;
    private readonly ConsoleMark[] _end;

    private MachineEvidence(ScopedMachine entry, string state, bool answers)
    {
        _entry = entry;
        _state = state;
        _answers = answers;
        _log = entry.Machine.Log;
        _end = [.. entry.Machine.Consoles.Select(console => console.Mark)];
    }

    public string Label => _entry.Label;

    /// <summary>The machine's state in a line.</summary>
    public string Summary => string.Equals(Label, Machine.Name, StringComparison.Ordinal)
        ? $"Machine {Label}: {_state}."
        : $"Machine {Label} ({Machine.Name}): {_state}.";

    private QemuMachine Machine => _entry.Machine;

    public static async Task<MachineEvidence> CaptureAsync(ScopedMachine entry)
    {
        (string status, bool answers) = await QueryStatusAsync(entry.Machine).ConfigureAwait(false);
        string state = MachineDossier.State(entry.Machine) + status;
        if (entry.Machine.Panic is { } panic)
            state += $"; its guest panicked: {ReportText.Clean(panic.Title)}";
        if (entry.Machine.LatestStart is { } start)
            state += $"; it was {ReportText.Clean(start.ToString())}";
        return new MachineEvidence(entry, state, answers);
    }

    /// <summary>Its figures.</summary>
    public MachineRecord Record => MachineRecord.Of(_entry, _state);

    public ScopedMachine Entry => _entry;

    /// <summary>Whether there is a screen to take a picture of, and somebody who answers.</summary>
    public bool HasScreen => Machine is { IsRunning: true, HasScreen: true, Spec.QmpEnabled: true } && _answers;

    /// <summary>Whether QMP answered when it was asked.</summary>
    public bool Answers => _answers;

    /// <summary>Why the latest launch failed, and what to do about it; null when that is not the case, or not known.</summary>
    public Diagnosis? Diagnosis => Machine.Watch.Failure?.Diagnosis;

    /// <summary>What is attached to the report, named uniquely: cleaned, and of long texts the end.</summary>
    public IEnumerable<(string Name, byte[] Text)> Attachments(string artifactDirectory)
    {
        foreach (QemuConsole console in Machine.Consoles.Where(HasOutput))
        {
            long length = _end[console.Number].Offset - From(console).Offset;
            string omitted = length > AttachmentLimit ? $"[the last of {length} bytes; all of them: {artifactDirectory}]\n" : "";
            string text = ReportText.Clean(console.GetBytes(From(console), _end[console.Number], AttachmentLimit));
            yield return ($"{Label}-{ConsoleName(console)}", EvidenceText.Cap(text, AttachmentLimit, OverlapNote() + omitted));
        }

        if (_log.Length > 0)
            yield return ($"{Label}-qemu", EvidenceText.Cap(ReportText.Clean(_log), AttachmentLimit, ""));
        string command = Machine.CommandLine is { } commandLine ? ReportText.Clean(commandLine) + "\n" : "";
        yield return ($"{Label}-machine", EvidenceText.Cap(command, AttachmentLimit, Summary + "\n"));
    }

    /// <summary>A bounded tail for reports that carry no attachments, line by line.</summary>
    public IEnumerable<string> OutputLinesToShow()
    {
        yield return $"=== {Summary}";
        if (OverlapNote() is { Length: > 0 } note)
            yield return note.TrimEnd('\n');
        foreach (string line in MachineDossier.Describe(Machine, OutputLines, _entry.Start).Split(Environment.NewLine).Skip(1))
            yield return line;
    }

    private static async Task<(string Text, bool Answers)> QueryStatusAsync(QemuMachine machine)
    {
        if (!machine.IsRunning || !machine.Spec.QmpEnabled)
            return ("", false);
        try
        {
            QmpResponse response = await machine.Qmp.SendAsync(new QmpCommand("query-status") { Timeout = s_statusLimit }).ConfigureAwait(false);
            return ($"; QMP status: {response.GetReturnOrThrow("query-status").GetProperty("status").GetString()}", true);
        }
        catch (QemuExitedException)
        {
            return ("", false); // it ended meanwhile, which is told anyway
        }
        catch (QemuException error)
        {
            return ($"; QMP gives no status: {ReportText.Clean(error.Message)}", false);
        }
    }

    private ConsoleMark From(QemuConsole console) => _entry.Start[console.Number];

    private bool HasOutput(QemuConsole console) => _end[console.Number].Offset > From(console).Offset;

    private string ConsoleName(QemuConsole console) =>
        Machine.Consoles.Count == 1 ? "console" : string.Create(CultureInfo.InvariantCulture, $"console{console.Number}");

    private string OverlapNote() => _entry.Overlaps is { Count: > 0 } others
        ? $"[other tests used this machine at the same time, their output is in here too: {ReportText.Clean(string.Join("; ", others))}]\n"
        : "";
}
