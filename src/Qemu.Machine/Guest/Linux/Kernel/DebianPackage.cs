using System.Text.RegularExpressions;

namespace Qemu.Machine;

/// <summary>One package as apt describes it.</summary>
internal sealed partial record DebianPackage(string Name, string Version, string Architecture, string Sha256, string Depends)
{
    /// <summary>A package that holds a kernel or its modules has the kernel's version in its name; a metapackage does not.</summary>
    public bool IsConcrete => ConcreteName().IsMatch(Name);

    /// <summary>The kernel and module packages that it depends on: from a metapackage to the current kernel, and on Ubuntu from there to the modules.</summary>
    public IEnumerable<string> KernelDependencies =>
        Depends.Split([',', '|'], StringSplitOptions.TrimEntries).Select(dependency => dependency.Split(' ', '(')[0]).Where(name => ConcreteName().IsMatch(name)).Distinct();

    /// <summary>Reads the first paragraph of <c>apt-cache show</c> (deb822: one field a line, continuation lines indented).</summary>
    public static DebianPackage? Parse(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in text.Split('\n').SkipWhile(string.IsNullOrWhiteSpace).TakeWhile(line => line.Trim().Length > 0))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && !char.IsWhiteSpace(line[0]))
                fields[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return fields.TryGetValue("Package", out string? name) && fields.TryGetValue("Version", out string? version)
            && fields.TryGetValue("Architecture", out string? architecture) && fields.TryGetValue("SHA256", out string? sha256)
            ? new DebianPackage(name, version, architecture, sha256, fields.GetValueOrDefault("Depends", ""))
            : null;
    }

    [GeneratedRegex(@"^linux-(image|modules)(-unsigned)?-\d", RegexOptions.ExplicitCapture)]
    private static partial Regex ConcreteName();
}
