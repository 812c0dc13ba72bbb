using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// Brings one test's evidence to its report and its artefact directory. What goes wrong here is said in the report and goes
/// no further: it neither fails a passing test nor hides why another failed.
/// </summary>
internal sealed class TestEvidence(TestMarker marker, ITestReport report, QemuTestSettings settings, string directory)
{
    public const string Failed = "failed";
    public const string Passed = "passed";
    public const string Hanging = "hanging";

    /// <summary>How long a picture may take: a machine that hangs must not hold its own report up.</summary>
    private static readonly TimeSpan s_pictureLimit = TimeSpan.FromSeconds(5);

    /// <summary>A failed test, or one whose machine did: attachments, a tail in the output, the whole on disk.</summary>
    /// <param name="machines">The test's machines.</param>
    /// <param name="recording">What was written down; null when there was nothing to watch.</param>
    /// <param name="verdict">How the test ended.</param>
    /// <param name="cause">What went wrong, if the framework does not know yet.</param>
    public async Task ReportAsync(IReadOnlyList<ScopedMachine> machines, TestRecording? recording, string verdict, TestFailure? cause)
    {
        TestFailure failure = report.Failure ?? cause ?? TestFailure.Of("The test failed.");
        if (recording is not null)
            await recording.NoteAsync(TimelineSource.Failure, failure.Title, endsOutput: true).ConfigureAwait(false);
        MachineEvidence[] evidence = await CaptureAsync(machines).ConfigureAwait(false);
        if (evidence.Length == 0 || recording is null)
        {
            Guard(RemoveEarlier);
            Conclude(verdict, failure, evidence, published: false);
            return;
        }

        Show(evidence);
        await TakePicturesAsync(evidence).ConfigureAwait(false);
        if (settings.Keep == ArtifactKeeping.FailedMachines)
            await KeepMachinesAsync(evidence, recording).ConfigureAwait(false);
        await recording.StopAsync().ConfigureAwait(false);
        bool published = Publish(recording, verdict, failure, evidence);
        if (published)
            report.WriteLine($"Evidence: {directory}");
        Conclude(verdict, failure, evidence, published);
    }

    /// <summary>A passed test: nothing of it stays, nor of an earlier run's failure, unless everything is to be kept.</summary>
    /// <param name="machines">The test's machines.</param>
    /// <param name="recording">What was written down; null when there was nothing to watch.</param>
    /// <param name="skipped">Whether it was skipped rather than run: then nothing is reported.</param>
    public async Task SettlePassedAsync(IReadOnlyList<ScopedMachine> machines, TestRecording? recording, bool skipped)
    {
        foreach (QemuMachine machine in machines.Select(entry => entry.Machine))
        {
            // A failure's dossier says so anyway. For a test that passed it is said here, so that nobody takes TCG for KVM.
            if (machine.Accelerator is { IsAsSpecified: false } accelerator)
                report.WriteLine($"Machine {machine.Name} ran on {accelerator}.");
        }

        if (settings.Keep != ArtifactKeeping.All)
        {
            if (recording is not null)
                await recording.DiscardAsync().ConfigureAwait(false);
            Guard(RemoveEarlier);
            if (!skipped)
                RunJournal.Of(settings).Add(marker, Passed, failure: null, [.. machines.Select(entry => MachineRecord.Of(entry, MachineDossier.State(entry.Machine)))], path: null);
            return;
        }

        MachineEvidence[] evidence = await CaptureAsync(machines).ConfigureAwait(false);
        bool published = false;
        if (recording is not null)
        {
            await recording.StopAsync().ConfigureAwait(false);
            published = Publish(recording, Passed, failure: null, evidence);
        }

        Conclude(Passed, failure: null, evidence, published);
    }

    /// <summary>A test that runs on: what there is up to now goes into its running directory, readable as it is. Its end replaces it.</summary>
    /// <param name="machines">The test's machines.</param>
    /// <param name="recording">What is being written down.</param>
    /// <param name="reason">Why somebody wants to see it.</param>
    public async Task DumpAsync(IReadOnlyList<ScopedMachine> machines, TestRecording recording, string reason)
    {
        await recording.NoteAsync(TimelineSource.Warning, reason).ConfigureAwait(false);
        MachineEvidence[] evidence = await CaptureAsync(machines).ConfigureAwait(false);
        await TakePicturesAsync(evidence).ConfigureAwait(false);
        await recording.FlushAsync().ConfigureAwait(false);
        if (Directory.Exists(recording.Directory))
            WriteFiles(recording, Hanging, TestFailure.Of(reason), evidence);
    }

    private void Show(MachineEvidence[] evidence)
    {
        foreach (MachineEvidence machine in evidence)
        {
            Guard(() =>
            {
                foreach ((string name, byte[] text) in machine.Attachments(directory))
                    report.Attach(name, SecretMask.Current.Apply(text));
            });
            Guard(() =>
            {
                if (settings.Ci.FoldsOutput)
                    report.WriteLine($"::group::{machine.Summary}");
                foreach (string line in machine.OutputLinesToShow())
                    report.WriteLine(SecretMask.Current.Apply(line));
                if (settings.Ci.FoldsOutput)
                    report.WriteLine("::endgroup::");
            });
        }
    }

    /// <summary>Of all machines at once: each that hangs takes its time.</summary>
    private async Task<MachineEvidence[]> CaptureAsync(IReadOnlyList<ScopedMachine> machines)
    {
        MachineEvidence?[] captured = await Task.WhenAll(machines.Select(CaptureAsync)).ConfigureAwait(false);
        return [.. captured.OfType<MachineEvidence>()];
    }

    private async Task<MachineEvidence?> CaptureAsync(ScopedMachine machine)
    {
        try
        {
            return await MachineEvidence.CaptureAsync(machine).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            report.Warn($"The evidence of machine {machine.Machine.Name} could not be collected: {error.Message}");
            return null;
        }
    }

    /// <summary>The recording sees each picture that is taken, and keeps it.</summary>
    private async Task TakePicturesAsync(MachineEvidence[] evidence)
    {
        foreach (MachineEvidence machine in evidence.Where(machine => machine.HasScreen))
        {
            try
            {
                using var limit = new CancellationTokenSource(s_pictureLimit);
                Screenshot picture = await machine.Entry.Machine.Screen.ScreenshotAsync(limit.Token).ConfigureAwait(false);
                Guard(() => report.AttachPicture($"{machine.Label}-screenshot", picture.Png.ToArray()));
            }
            catch (Exception error)
            {
                report.WriteLine($"No picture of the screen of {machine.Label}: {ReportText.Clean(error.Message)}");
            }
        }
    }

    private async Task KeepMachinesAsync(MachineEvidence[] evidence, TestRecording recording)
    {
        foreach (MachineEvidence machine in evidence)
        {
            try
            {
                if (await KeptState.SaveAsync(machine, recording).ConfigureAwait(false) is { } problem)
                    report.WriteLine($"The state of machine {machine.Label} is not kept: {ReportText.Clean(problem)}");
            }
            catch (Exception error)
            {
                report.Warn($"The state of machine {machine.Label} could not be kept: {ReportText.Clean(error.Message)}");
            }
        }
    }

    private bool Publish(TestRecording recording, string verdict, TestFailure? failure, MachineEvidence[] evidence)
    {
        recording.Complete();
        Exception? problem = recording.Fault;
        bool published = false;
        try
        {
            if (Directory.Exists(recording.Directory))
            {
                WriteFiles(recording, verdict, failure, evidence);
                recording.Dispose();
                FlattenSingle(recording);
                ArtifactBundle.Publish(recording.Directory, directory);
                UnfinishedTests.RemoveEarlier(marker.Test, settings);
                published = true;
            }
        }
        catch (Exception error)
        {
            problem ??= error;
        }

        recording.Dispose();
        if (problem is not null)
            report.Warn($"Evidence is incomplete: {problem.Message}");
        return published;
    }

    private void WriteFiles(TestRecording recording, string verdict, TestFailure? failure, MachineEvidence[] evidence)
    {
        foreach (MachineEvidence machine in evidence)
            Guard(() => CommandScript.Write(machine, recording));
        Guard(() => marker.Write(recording.Directory, verdict, failure, evidence));
        Guard(() => ReportPage.Write(recording, marker, verdict, failure, evidence));
    }

    /// <summary>With one machine its files stand beside the test's own, without a folder.</summary>
    private static void FlattenSingle(TestRecording recording)
    {
        if (recording.Machines is not [var machine] || recording.FolderOf(machine.Label) is var folder && !Directory.Exists(folder))
            return;
        foreach (string entry in Directory.GetFileSystemEntries(folder))
            Directory.Move(entry, Path.Combine(recording.Directory, Path.GetFileName(entry)));
        Directory.Delete(folder);
    }

    private void RemoveEarlier()
    {
        UnfinishedTests.RemoveEarlier(marker.Test, settings);
        if (!Directory.Exists(directory))
            return;
        ArtifactBundle.Remove(directory);
        ArtifactBundle.RemoveEmptyParents(directory, ArtifactTree.RootOf(settings));
    }

    private void Conclude(string verdict, TestFailure? failure, MachineEvidence[] evidence, bool published)
    {
        RunJournal.Of(settings).Add(marker, verdict, failure, [.. evidence.Select(machine => machine.Record)], published ? directory : null);
        if (verdict == Failed)
            CiSummary.Add(marker.Test, failure!, published ? directory : null, settings.Ci);
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception error)
        {
            report.Warn($"Evidence is incomplete: {error.Message}");
        }
    }
}
