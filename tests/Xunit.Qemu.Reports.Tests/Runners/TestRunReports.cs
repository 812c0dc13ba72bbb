using System.Collections.Concurrent;
using System.Xml.Linq;
using Tests.Formats;

namespace Tests.Runners;

/// <summary>What a run of a test program left behind.</summary>
internal sealed class TestRunReports(DirectoryInfo directory, string console) : IDisposable
{
    private readonly Lazy<IReadOnlyList<ReportedTest>> _tests = new(
        () => [.. XDocument.Load(Path.Combine(directory.FullName, "report.xml")).Descendants("test").Select(element => new ReportedTest(element))]);

    private readonly ConcurrentDictionary<string, Lazy<IReport>> _reports = new(StringComparer.Ordinal);

    public string Console => console;

    public string Artifacts => Path.Combine(directory.FullName, "artifacts");

    public IReadOnlyList<ReportedTest> Tests => _tests.Value;

    /// <summary>A report in one of the <see cref="ReportFormats"/>; reading it shows that it is well-formed.</summary>
    public IReport Report(string format) =>
        _reports.GetOrAdd(format, name => new Lazy<IReport>(() => ReportFormats.Read(name, directory.FullName))).Value;

    /// <summary>The one test whose name ends so.</summary>
    public ReportedTest this[string name] => Assert.Single(Tests, test => test.Name.EndsWith("." + name, StringComparison.Ordinal));

    /// <summary>A file of a test's artefact directory.</summary>
    public FileInfo ArtifactFile(string testAndFile) =>
        new(Assert.Single(Directory.GetFiles(Artifacts, "*", SearchOption.AllDirectories), file => file.EndsWith("/" + testAndFile, StringComparison.Ordinal)));

    /// <summary>What is in it.</summary>
    public string Artifact(string testAndFile) => File.ReadAllText(ArtifactFile(testAndFile).FullName);

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
