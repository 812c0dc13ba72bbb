using System.Xml.Linq;

namespace Tests.Formats;

internal sealed class XunitXmlReport(string text) : IReport
{
    private readonly XDocument _document = XDocument.Parse(text);

    public ReportedResult this[string name]
    {
        get
        {
            ReportedTest test = Assert.Single(_document.Descendants("test").Select(element => new ReportedTest(element)), test => test.Name == name);
            return new ReportedResult(test.Result, string.Join('\n', test.Message, test.StackTrace, test.Reason, test.Output), test.Attachments)
            {
                Source = test.SourceFile is null ? null : (test.SourceFile, test.SourceLine!.Value),
            };
        }
    }
}
