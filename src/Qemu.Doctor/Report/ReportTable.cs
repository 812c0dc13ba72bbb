using System.Globalization;
using System.Text;

namespace Qemu.Doctor;

/// <summary>A report for people.</summary>
internal static class ReportTable
{
    public static string Render(HostReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"System    {report.System}");
        text.AppendLine(CultureInfo.InvariantCulture, $"/dev/kvm  {report.Kvm}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Cache     {report.CacheDirectory ?? "none"}");
        text.AppendLine();
        TextTable.Append(
            text,
            ["PROGRAM", "VERSION", "MACHINES", "DEVICES", "CPUS", "ACCELERATORS THAT RUN GUESTS"],
            report.Programs.Select(program => new[]
            {
                program.Name,
                program.Version ?? "—",
                Count(program.MachineTypes),
                Count(program.Devices),
                Count(program.CpuModels),
                Usable(program),
            }));
        text.AppendLine();
        TextTable.Append(text, ["BESIDE QEMU", "WHERE", "FOR"], report.Helpers.Select(helper => new[] { helper.Name, helper.Path ?? "—", helper.Use }));
        text.AppendLine();
        if (report.Advice.Count == 0)
            return text.Append("Nothing to install.").ToString();
        text.AppendLine("To do");
        foreach (string advice in report.Advice)
            text.Append("  * ").AppendLine(advice);
        return text.ToString().TrimEnd();
    }

    private static string Count(IReadOnlyList<string> names) => names.Count.ToString(CultureInfo.InvariantCulture);

    private static string Usable(ProgramReport program)
    {
        string[] usable = [.. program.Accelerators.Where(accelerator => accelerator.State != "unusable")
            .Select(accelerator => accelerator.State == "proven" ? accelerator.Name : $"{accelerator.Name} (unproven)")];
        return usable.Length == 0 ? "none" : string.Join(", ", usable);
    }
}
