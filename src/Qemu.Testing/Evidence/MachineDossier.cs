using System.Globalization;
using System.Text;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>A machine in a few dozen lines: its state, QEMU's own words, the last of its consoles, its command line.</summary>
internal static class MachineDossier
{
    private const int LogLines = 20;
    private const int ConsoleBytes = 64 * 1024;

    /// <summary>The dossier of a machine as it is now.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="consoleLines">How much of each console.</param>
    /// <param name="from">Where each console is looked at from; null: from its first byte.</param>
    public static string Describe(QemuMachine machine, int consoleLines = 15, IReadOnlyList<ConsoleMark>? from = null)
    {
        var text = new StringBuilder();
        text.Append("Machine ").Append(machine.Name).Append(": ").Append(State(machine)).Append('.').AppendLine();
        if (machine.Accelerator is { } accelerator)
            text.Append("Accelerator: ").Append(accelerator).AppendLine();
        AppendSection(text, "QEMU wrote:", EvidenceText.Tail(ReportText.Clean(machine.Log), LogLines));
        foreach (QemuConsole console in machine.Consoles)
        {
            string title = string.Create(CultureInfo.InvariantCulture, $"Console {console.Number}:");
            string shown = ReportText.Clean(console.GetBytes(from?[console.Number], maximumBytes: ConsoleBytes));
            AppendSection(text, title, EvidenceText.Tail(shown, consoleLines));
        }

        if (machine.CommandLine is { } commandLine)
            AppendSection(text, "Command line:", [ReportText.Clean(commandLine)]);
        return text.ToString().TrimEnd();
    }

    /// <summary>Whether it runs, and how it ended if not.</summary>
    public static string State(QemuMachine machine)
    {
        if (machine.ProcessId is { } process)
            return string.Create(CultureInfo.InvariantCulture, $"running, process {process}");
        if (machine.End is { } end)
            return $"ended: {end}";
        return machine.CommandLine is null ? "not launched" : "ending";
    }

    private static void AppendSection(StringBuilder text, string title, IEnumerable<string> lines)
    {
        bool any = false;
        foreach (string line in lines)
        {
            if (!any)
                text.AppendLine(title);
            any = true;
            text.Append("  ").AppendLine(line);
        }
    }
}
