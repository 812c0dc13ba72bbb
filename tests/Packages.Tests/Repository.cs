using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Tests.Packages;

/// <summary>The repository that this test was compiled in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The version that all packages have.</summary>
    public static string Version { get; } =
        XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    private static string FindRoot([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
