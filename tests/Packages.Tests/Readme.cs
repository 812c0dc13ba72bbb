namespace Tests.Packages;

/// <summary>What the README tells a newcomer: the commands and the code in its fences.</summary>
internal static class Readme
{
    private static readonly string[] s_lines = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));

    /// <summary>The lines of the first fence of a language behind a heading.</summary>
    public static IReadOnlyList<string> Fence(string heading, string language)
    {
        int from = Array.IndexOf(s_lines, heading);
        Assert.True(from >= 0, $"README.md has no heading '{heading}'.");
        int begin = Array.IndexOf(s_lines, "```" + language, from);
        Assert.True(begin >= 0, $"README.md has no ```{language} behind '{heading}'.");
        return [.. s_lines.Skip(begin + 1).TakeWhile(line => line != "```")];
    }

    /// <summary>The commands of a shell fence, without their comments.</summary>
    public static IReadOnlyList<string> Commands(string heading) =>
        [.. Fence(heading, "sh").Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0)];
}
