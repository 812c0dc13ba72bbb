using System.Text.RegularExpressions;

namespace Tests.Packages;

/// <summary>A newcomer types what the README says, outside the repository, and has tests that pass.</summary>
public sealed partial class NewcomerTests(PackedFeed feed)
{
    private const string Start = "## Start";

    [Theory]
    [InlineData("qemu-xunit")]
    [InlineData("qemu-xunit-v2")]
    public async Task Project_from_the_template_runs_its_three_tests(string template)
    {
        using var newcomer = new Newcomer(feed.Folder);

        Assert.Equal("3", Passed(await FollowAsync(newcomer, template)));
    }

    [Theory]
    [InlineData("qemu-xunit")]
    [InlineData("qemu-xunit-v2")]
    public async Task Code_of_the_readme_runs_in_a_fresh_project(string template)
    {
        using var newcomer = new Newcomer(feed.Folder);
        await FollowAsync(newcomer, template, stopBefore: "dotnet test");
        string project = Path.GetDirectoryName(Directory.GetFiles(newcomer.Home, "*.csproj", SearchOption.AllDirectories).Single())!;
        foreach (string source in Directory.GetFiles(project, "*.cs"))
            File.Delete(source);

        await File.WriteAllLinesAsync(Path.Combine(project, "Readme.cs"), Readme.Fence("## A test", "csharp"));

        Assert.Equal("1", Passed(await newcomer.TypeAsync($"dotnet test {Path.GetFileName(project)}")));
    }

    // The commands name the template for v3; a comment names the other.
    private static async Task<string> FollowAsync(Newcomer newcomer, string template, string? stopBefore = null)
    {
        string said = "";
        foreach (string command in Readme.Commands(Start))
        {
            if (stopBefore is not null && command.StartsWith(stopBefore, StringComparison.Ordinal))
                return said;
            said = await newcomer.TypeAsync(command.Replace("dotnet new qemu-xunit ", $"dotnet new {template} ", StringComparison.Ordinal));
        }

        return said;
    }

    private static string Passed(string said)
    {
        Match summary = Summary().Match(said);
        Assert.True(summary.Success, said);
        Assert.Equal("0", summary.Groups["skipped"].Value);
        return summary.Groups["passed"].Value;
    }

    [GeneratedRegex(@"Failed:\s*0, Passed:\s*(?<passed>\d+), Skipped:\s*(?<skipped>\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Summary();
}
