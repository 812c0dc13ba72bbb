using System.Runtime.CompilerServices;

namespace Tests.Conventions;

/// <summary>What README and docs/ show as C# is code that is compiled: each type or fragment of a fence stands, word for word, in a file of examples/ or of the project templates.</summary>
public sealed class DocSnippetTests
{
    private static readonly string s_root = FindRoot();
    private static readonly Lazy<IReadOnlyList<string>> s_sources = new(() => [.. SourceFiles().Select(path => Normalise(File.ReadAllLines(path)))]);

    public static TheoryData<string> Pages =>
        [.. Directory.GetFiles(s_root, "*.md")
            .Concat(Directory.GetFiles(Path.Combine(s_root, "docs"), "*.md"))
            .Concat(Directory.GetFiles(Path.Combine(s_root, "examples"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(s_root, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Code_of_a_page_is_compiled_somewhere(string page)
    {
        string[] unknown = [.. Parts(File.ReadAllLines(Path.Combine(s_root, page))).Where(part => !s_sources.Value.Any(source => source.Contains(part, StringComparison.Ordinal)))];

        Assert.True(unknown.Length == 0, $"{page} shows code that is in no example:\n{string.Join("\n\n", unknown)}");
    }

    [Fact]
    public void Readme_shows_code() => Assert.NotEmpty(Parts(File.ReadAllLines(Path.Combine(s_root, "README.md"))));

    // A fence falls into parts where an empty line is followed by one that is not indented; using directives are no part.
    private static IEnumerable<string> Parts(string[] lines)
    {
        var part = new List<string>();
        bool inFence = false;
        foreach (string line in lines.Append("```"))
        {
            bool ends = inFence && (line.StartsWith("```", StringComparison.Ordinal) || (part is [.., ""] && line.Length > 0 && !char.IsWhiteSpace(line[0]) && line[0] != '}'));
            if (ends)
            {
                if (part.Any(shown => shown.Length > 0 && !shown.StartsWith("using ", StringComparison.Ordinal)))
                    yield return Normalise(WithoutEnd(part));
                part.Clear();
            }

            if (line.StartsWith("```", StringComparison.Ordinal))
                inFence = !inFence && line == "```csharp";
            else if (inFence)
                part.Add(line);
        }
    }

    // The closing brace of a type of which only the beginning is shown.
    private static IEnumerable<string> WithoutEnd(IEnumerable<string> part) => part.Reverse().SkipWhile(line => line is "" or "}").Reverse();

    // Indentation is the page's own.
    private static string Normalise(IEnumerable<string> lines) => string.Concat(lines.Select(line => line.Trim() + "\n"));

    private static IEnumerable<string> SourceFiles() =>
        new[] { "examples", "src/Xunit.Qemu.Templates" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(s_root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    private static string FindRoot([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
