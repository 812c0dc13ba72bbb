using System.Globalization;
using System.Text;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>The headlines of failed tests in the job summary of GitHub Actions: a line each as they fail, so that a run that is killed has them too.</summary>
internal static class CiSummary
{
    private const int TestLimit = 50;
    private const int TitleLimit = 500;

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, int> s_counts = [];

    /// <summary>Adds a failed test. What cannot be written is left: the test's own report has it all.</summary>
    public static void Add(TestIdentity test, TestFailure failure, string? directory, CiService service)
    {
        if (service.SummaryPath is not { } path)
            return;
        try
        {
            lock (s_gate)
            {
                int count = s_counts[path] = s_counts.GetValueOrDefault(path) + 1;
                if (count <= TestLimit)
                    Append(path, Headline(test, failure, directory));
                else if (count == TestLimit + 1)
                    Append(path, "- … more tests failed; the index of the artefacts names them all\n");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nobody's test fails for a summary.
        }
    }

    internal static string Headline(TestIdentity test, TestFailure failure, string? directory)
    {
        string title = SecretMask.Current.Apply(ReportText.Clean(failure.Title));
        var text = new StringBuilder("- :x: **").Append(Escape(ReportText.Clean(test.DisplayName))).Append("**  \n  ")
            .Append(Escape(title.Length <= TitleLimit ? title : title[..TitleLimit] + " […]"));
        if (directory is not null)
            text.Append("  \n  Report: <code>").Append(Escape(Path.Combine(directory, ReportPage.Name))).Append("</code>");
        return text.Append('\n').ToString();
    }

    private static void Append(string path, string text)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>As Markdown that means nothing but itself: every character that could mean more becomes an entity.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (char character in text.Replace('\n', ' '))
        {
            if (char.IsAsciiLetterOrDigit(character) || character is ' ' or '.' or ',' or '-' or '/' or ':' or ';' or '\'' or '"' or '=' or '+' or '?' || character > 127)
                escaped.Append(character);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"&#{(int)character};");
        }

        return escaped.ToString();
    }
}
