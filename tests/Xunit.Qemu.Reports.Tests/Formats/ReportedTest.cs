using System.Text;
using System.Xml.Linq;

namespace Tests.Formats;

/// <summary>One test as xUnit.net's XML report has it.</summary>
internal sealed class ReportedTest(XElement element)
{
    public string Name => Unescape((string)element.Attribute("name")!);

    public string Result => (string)element.Attribute("result")!;

    public string Message => Unescape(element.Element("failure")?.Element("message")?.Value ?? "");

    public string StackTrace => element.Element("failure")?.Element("stack-trace")?.Value ?? "";

    public string Reason => element.Element("reason")?.Value ?? "";

    public string Output => element.Element("output")?.Value ?? "";

    public string? SourceFile => (string?)element.Attribute("source-file");

    public int? SourceLine => (int?)element.Attribute("source-line");

    public IReadOnlyList<string> Warnings => [.. element.Descendants("warning").Select(warning => warning.Value)];

    public IReadOnlyList<string> Traits =>
        [.. element.Descendants("trait").Select(trait => $"{(string?)trait.Attribute("name")}={(string?)trait.Attribute("value")}")];

    public IReadOnlyDictionary<string, string> Attachments => element.Descendants("attachment").ToDictionary(
        attachment => (string)attachment.Attribute("name")!,
        attachment => attachment.Attribute("media-type") is null
            ? attachment.Value
            : Encoding.UTF8.GetString(Convert.FromBase64String(attachment.Value)),
        StringComparer.Ordinal);

    /// <summary>xUnit.net writes names and messages as they would stand in C#.</summary>
    private static string Unescape(string text) => text.Replace("\\\"", "\"", StringComparison.Ordinal);
}
