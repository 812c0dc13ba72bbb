using System.Globalization;
using System.Text;

namespace Benchmarks;

/// <summary>The table in <c>docs/performance.md</c>: between two marks of the page, everything else of which is written by hand.</summary>
internal static class PerformancePage
{
    private const string Begin = "<!-- begin: written by tests/Benchmarks -->";
    private const string End = "<!-- end -->";

    public static void Print(IReadOnlyList<Figure> figures)
    {
        Console.WriteLine();
        foreach (string line in Table(figures))
            Console.WriteLine(line);
    }

    public static void Write(IReadOnlyList<Figure> figures)
    {
        string path = FindPage();
        string page = File.ReadAllText(path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        if (begin < Begin.Length || end < begin)
            throw new InvalidDataException($"{path} has lost the marks between which the table stands.");
        string host = string.Create(
            CultureInfo.InvariantCulture,
            $"Taken {DateTime.UtcNow:yyyy-MM-dd} on {Environment.ProcessorCount} cores, .NET {Environment.Version}, {QemuVersion()}.");
        File.WriteAllText(path, $"{page[..begin]}\n{host}\n\n{string.Join('\n', Table(figures))}\n{page[end..]}");
        Console.WriteLine($"Written to {path}.");
    }

    private static IEnumerable<string> Table(IReadOnlyList<Figure> figures)
    {
        yield return "| figure | floor, in the same run | target | measured | |";
        yield return "| --- | --- | --- | --- | --- |";
        foreach (Figure figure in figures)
            yield return $"| {figure.Name} | {figure.Floor} | {figure.Target} | {figure.Measured} | {(figure.IsMet ? "met" : "**missed**")} |";
    }

    private static string FindPage()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string path = Path.Combine(directory.FullName, "docs", "performance.md");
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException("docs/performance.md is not above the program: run it from the repository.");
    }

    private static string QemuVersion()
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(QemuBinary.Path, "--version") { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Split('(', '\n')[0].Trim();
    }
}
