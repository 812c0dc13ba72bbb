using System.Text;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// Brings a test's evidence to its report and its artefact directory. What goes wrong here is said in the report and goes
/// no further: it neither fails a passing test nor hides why another failed.
/// </summary>
internal static class TestEvidence
{
    /// <summary>A failed test: attachments, a tail in the output, the whole on disk.</summary>
    public static async Task ReportAsync(TestIdentity test, IReadOnlyList<ScopedMachine> machines, ITestReport report, string directory)
    {
        MachineEvidence[] evidence = await CaptureAsync(machines, report).ConfigureAwait(false);
        if (evidence.Length == 0)
        {
            Guard(report, () => ArtifactBundle.Remove(directory));
            return;
        }

        foreach (MachineEvidence machine in evidence)
        {
            Guard(report, () =>
            {
                foreach ((string name, byte[] text) in machine.Attachments(directory))
                    report.Attach(name, text);
            });
            Guard(report, () =>
            {
                foreach (string line in machine.OutputLinesToShow())
                    report.WriteLine(line);
            });
        }

        if (Guard(report, () => ArtifactBundle.Write(directory, Files(test, "failed", evidence))))
            report.WriteLine($"Evidence: {directory}");
    }

    /// <summary>A passed test: nothing of it stays, nor of an earlier run's failure, unless everything is to be kept.</summary>
    public static async Task SettlePassedAsync(
        TestIdentity test,
        IReadOnlyList<ScopedMachine> machines,
        ITestReport report,
        string directory,
        ArtifactKeeping keep)
    {
        foreach (QemuMachine machine in machines.Select(entry => entry.Machine))
        {
            // A failure's dossier says so anyway; on which accelerator a test passed is nothing to find out by accident.
            if (machine.Accelerator is { IsAsSpecified: false } accelerator)
                report.WriteLine($"Machine {machine.Name} ran on {accelerator}.");
        }

        if (keep != ArtifactKeeping.All)
        {
            Guard(report, () => ArtifactBundle.Remove(directory));
            return;
        }

        MachineEvidence[] evidence = await CaptureAsync(machines, report).ConfigureAwait(false);
        Guard(report, () => ArtifactBundle.Write(directory, Files(test, "passed", evidence)));
    }

    private static async Task<MachineEvidence[]> CaptureAsync(IReadOnlyList<ScopedMachine> machines, ITestReport report)
    {
        var captured = new List<MachineEvidence>();
        foreach (ScopedMachine machine in machines)
        {
            try
            {
                captured.Add(await MachineEvidence.CaptureAsync(machine).ConfigureAwait(false));
            }
            catch (Exception error)
            {
                report.Warn($"The evidence of machine {machine.Machine.Name} could not be collected: {error.Message}");
            }
        }

        return [.. captured];
    }

    private static IEnumerable<EvidenceFile> Files(TestIdentity test, string verdict, MachineEvidence[] evidence)
    {
        string summary = $"{test.DisplayName}\n{verdict}\n{string.Join('\n', evidence.Select(machine => machine.Summary))}\n";
        yield return new EvidenceFile(ArtifactBundle.Marker, stream => stream.Write(Encoding.UTF8.GetBytes(summary)));
        foreach (MachineEvidence machine in evidence)
        {
            string folder = evidence.Length == 1 ? "" : ArtifactName.Segment(machine.Label) + "/";
            foreach (EvidenceFile file in machine.Files(folder))
                yield return file;
        }
    }

    private static bool Guard(ITestReport report, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception error)
        {
            report.Warn($"Evidence is incomplete: {error.Message}");
            return false;
        }
    }
}
