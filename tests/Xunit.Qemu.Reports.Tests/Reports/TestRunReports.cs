using System.Xml.Linq;

namespace Tests.Reports;

/// <summary>What a run of a test program left behind.</summary>
internal sealed class TestRunReports(DirectoryInfo directory, string console) : IDisposable
{
    private readonly Lazy<IReadOnlyList<ReportedTest>> _tests = new(
        () => [.. XDocument.Load(Path.Combine(directory.FullName, "report.xml")).Descendants("test").Select(element => new ReportedTest(element))]);

    public string Console => console;

    public string Artifacts => Path.Combine(directory.FullName, "artifacts");

    public IReadOnlyList<ReportedTest> Tests => _tests.Value;

    /// <summary>The one test whose name ends so.</summary>
    public ReportedTest this[string name] => Assert.Single(Tests, test => test.Name.EndsWith("." + name, StringComparison.Ordinal));

    /// <summary>A file of a test's artefact directory.</summary>
    public string Artifact(string testAndFile)
    {
        string[] matches = [.. Directory.GetFiles(Artifacts, "*", SearchOption.AllDirectories).Where(file => file.EndsWith("/" + testAndFile, StringComparison.Ordinal))];
        return File.ReadAllText(Assert.Single(matches));
    }

    /// <summary>Output and result files of one test in the TRX report.</summary>
    public (string Output, IReadOnlyList<string> Files) Trx(string name)
    {
        XDocument trx = XDocument.Load(Path.Combine(directory.FullName, "report.trx"));
        XNamespace space = trx.Root!.Name.Namespace;
        XElement result = Assert.Single(
            trx.Descendants(space + "UnitTestResult"),
            element => ((string)element.Attribute("testName")!).EndsWith("." + name, StringComparison.Ordinal));
        return (result.Element(space + "Output")?.Value ?? "", [.. result.Descendants(space + "ResultFile").Select(file => (string)file.Attribute("path")!)]);
    }

    public void Dispose() => directory.Delete(recursive: true);
}
