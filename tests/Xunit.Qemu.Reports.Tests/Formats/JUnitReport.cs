using System.Xml.Linq;

namespace Tests.Formats;

internal sealed class JUnitReport(string text) : IReport
{
    private readonly XDocument _document = XDocument.Parse(text);

    public ReportedResult this[string name]
    {
        get
        {
            XElement test = Assert.Single(_document.Descendants("testcase"), element => ReportFormats.Unescape((string)element.Attribute("name")!) == name);
            string outcome = test.Element("failure") is not null ? "Fail" : test.Element("skipped") is not null ? "Skip" : "Pass";
            IEnumerable<string> texts = test.Elements().SelectMany(element => (string[])[(string?)element.Attribute("message") ?? "", element.Value]);
            return new ReportedResult(outcome, string.Join('\n', texts), Attachments: null);
        }
    }
}
