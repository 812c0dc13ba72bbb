using System.Runtime.CompilerServices;
using System.Text;
using Tests.Runners;

namespace Tests.Matrix;

/// <summary>The tables in docs/reports.md are what is measured. When a change is meant, run with APPROVE_REPORTS=1 and commit what that wrote.</summary>
public sealed class DocumentedMatrixTests(ConsoleRun console, PlatformRun platform, VSTestRun vsTest, NextRun next, V2Run v2)
{
    private const string Begin = "<!-- measured: begin -->\n";
    private const string End = "<!-- measured: end -->\n";

    [Fact]
    public async Task Documented_matrix_is_the_measured_one()
    {
        var tables = new StringBuilder();
        foreach (RunnerRun run in (RunnerRun[])[console, platform, vsTest, next, v2])
            AppendTable(tables, run, await run.Reports);
        string path = Path.Combine(Here(), "..", "..", "..", "docs", "reports.md");
        string page = await File.ReadAllTextAsync(path);
        int start = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("APPROVE_REPORTS") == "1")
        {
            await File.WriteAllTextAsync(path, page[..start] + tables + page[end..]);
            return;
        }

        Assert.Equal(tables.ToString(), page[start..end]);
    }

    private static void AppendTable(StringBuilder text, RunnerRun run, TestRunReports reports)
    {
        text.Append('\n').Append("**").Append(run.Name).Append("**\n\n| the test … | ").AppendJoin(" | ", run.Formats).Append(" |\n|").Insert(text.Length, " --- |", run.Formats.Count + 1).Append('\n');
        foreach (EvidenceCase item in EvidenceCase.All)
        {
            text.Append("| ").Append(item.Name).Append(" | ")
                .AppendJoin(" | ", run.Formats.Select(format => Carriers.Describe(reports.Report(format)["Scenarios." + item.Test], item)))
                .Append(" |\n");
        }

        text.Append('\n');
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
