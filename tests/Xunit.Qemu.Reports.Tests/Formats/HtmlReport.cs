using System.Net;
using System.Text.RegularExpressions;

namespace Tests.Formats;

/// <summary>The page of xUnit.net or of VSTest: a block for each test, in which its name stands in a line of its own.</summary>
internal sealed partial class HtmlReport : IReport
{
    private readonly List<(string[] Lines, string Markup)> _blocks;

    public HtmlReport(string text)
    {
        Assert.DoesNotContain("<!--", text[text.IndexOf("<body", StringComparison.Ordinal)..], StringComparison.Ordinal);
        _blocks = [.. BlockStart().Split(text).Skip(1).Select(block => (Lines(block), block))];
    }

    public ReportedResult this[string name]
    {
        get
        {
            // xUnit.net's page has a failed test twice: among those that failed, and among all.
            (string[] lines, string markup) = _blocks.Find(block => block.Lines.Contains(name, StringComparer.Ordinal));
            Assert.True(lines is not null, $"{name} is not in the report");
            string outcome = Failure().IsMatch(markup) ? "Fail" : Skip().IsMatch(markup) ? "Skip" : "Pass";
            return new ReportedResult(outcome, string.Join('\n', lines), Attachments: null);
        }
    }

    private static string[] Lines(string block) =>
        [.. ReportFormats.Unescape(WebUtility.HtmlDecode(Tag().Replace(block, "\n"))).Split('\n').Select(line => line.Trim().Trim('\u200b').Trim())];

    [GeneratedRegex("<div class=\"(?:row|altrow|inner-row)\"")]
    private static partial Regex BlockStart();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("class=\"(?:failure|fail)\"")]
    private static partial Regex Failure();

    [GeneratedRegex("class=\"(?:skipped|skip)\"")]
    private static partial Regex Skip();
}
