using System.Xml.Linq;

namespace Tests.Formats;

/// <summary>Visual Studio's test results. VSTest puts the attachments beside the report, xUnit.net's own writer leaves them in the temporary directory.</summary>
internal sealed class TrxReport(string text, string directory) : IReport
{
    private readonly XElement _root = XDocument.Parse(text).Root!;

    public ReportedResult this[string name]
    {
        get
        {
            XNamespace space = _root.Name.Namespace;
            XElement result = Assert.Single(
                _root.Descendants(space + "UnitTestResult"),
                element => ReportFormats.Unescape((string)element.Attribute("testName")!) == name);
            string outcome = (string)result.Attribute("outcome")! switch { "Passed" => "Pass", "Failed" => "Fail", _ => "Skip" };
            return new ReportedResult(outcome, string.Join('\n', result.Descendants().Nodes().OfType<XText>().Select(node => node.Value)), Attachments(result, space));
        }
    }

    private Dictionary<string, string> Attachments(XElement result, XNamespace space)
    {
        string execution = (string)result.Attribute("executionId")!;
        string root = (string?)_root.Descendants(space + "Deployment").FirstOrDefault()?.Attribute("runDeploymentRoot") ?? "";
        string near = Path.Combine(directory, root, "In", execution);
        return result.Descendants(space + "ResultFile")
            .Select(file => Path.Combine(near, (string)file.Attribute("path")!)) // one that is absolute stays as it is
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText, StringComparer.Ordinal);
    }
}
