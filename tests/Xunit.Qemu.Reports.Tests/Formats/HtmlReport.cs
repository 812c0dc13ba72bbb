using System.Net;
using System.Text.RegularExpressions;

namespace Tests.Formats;

/// <summary>The page of xUnit.net or of VSTest: a block for each test, whose head says how the test went and what it is called.</summary>
internal sealed partial class HtmlReport : IReport
{
    private readonly List<(string Name, string Head, string Block)> _blocks;

    public HtmlReport(string text)
    {
        Assert.DoesNotContain("<!--", text[text.IndexOf("<body", StringComparison.Ordinal)..], StringComparison.Ordinal);
        _blocks = [.. BlockStart().Split(text).Skip(1).Select(Read)];
    }

    public ReportedResult this[string name]
    {
        get
        {
            // xUnit.net's page has a failed test twice: among those that failed, and among all.
            (_, string head, string block) = _blocks.Find(block => block.Name == name);
            Assert.True(head is not null, $"{name} is not in the report, but {string.Join("; ", _blocks.Select(block => block.Name))}");
            string outcome = Failure().IsMatch(head) ? "Fail" : Success().IsMatch(head) ? "Pass" : "Skip";
            return new ReportedResult(outcome, Text(block), Attachments: null);
        }
    }

    private static (string Name, string Head, string Block) Read(string block)
    {
        string head = HeadEnd().Split(block, 2)[0];
        string name = Text(head).Split('\n').Select(line => line.Trim('\u200b', ' ', '\u00a0', '\r', '\t')).LastOrDefault(line => line.Length > 1) ?? "";
        return (name, head, block);
    }

    private static string Text(string markup) => ReportFormats.Unescape(WebUtility.HtmlDecode(Tag().Replace(markup, "\n")));

    [GeneratedRegex("<div class=\"(?:row|altrow|leaf-division)\">")]
    private static partial Regex BlockStart();

    [GeneratedRegex("<br|<div class=\"duration\">")]
    private static partial Regex HeadEnd();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("class=\"fail")]
    private static partial Regex Failure();

    [GeneratedRegex("class=\"(?:success|pass)")]
    private static partial Regex Success();
}
