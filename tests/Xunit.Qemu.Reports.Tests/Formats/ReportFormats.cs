namespace Tests.Formats;

/// <summary>The reports that runners write, under the names that they have in docs/reports.md.</summary>
internal static class ReportFormats
{
    public const string XunitXml = "xUnit XML";
    public const string Trx = "TRX";
    public const string Ctrf = "CTRF";
    public const string JUnit = "JUnit";
    public const string Html = "HTML";

    public static string FileName(string format) => format switch
    {
        XunitXml => "report.xml",
        Trx => "report.trx",
        Ctrf => "report.ctrf.json",
        JUnit => "report.junit.xml",
        Html => "report.html",
        _ => throw new ArgumentException($"There is no format '{format}'."),
    };

    public static IReport Read(string format, string directory)
    {
        string path = Path.Combine(directory, FileName(format));
        string text = File.ReadAllText(path);
        Assert.DoesNotContain(text, character => char.IsControl(character) && character is not ('\n' or '\r' or '\t') && character < 0x80);
        return format switch
        {
            XunitXml => new XunitXmlReport(text),
            Trx => new TrxReport(text, directory),
            Ctrf => new CtrfReport(text),
            JUnit => new JUnitReport(text),
            _ => new HtmlReport(text),
        };
    }

    /// <summary>Some of xUnit.net's reports have names as they would stand in C#.</summary>
    public static string Unescape(string text) => text.Replace("\\\"", "\"", StringComparison.Ordinal);
}
