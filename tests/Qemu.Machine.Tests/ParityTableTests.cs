using System.Reflection;
using System.Text.RegularExpressions;

namespace Tests.Qemu.Machine;

/// <summary><c>docs/parity.md</c> names a test for every row: those tests exist.</summary>
public sealed partial class ParityTableTests
{
    [Fact]
    public void Every_test_that_the_table_names_exists()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(RepositoryRoot(), "docs", "parity.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal))];
        var missing = new List<string>();
        int named = 0;
        foreach (string row in rows)
        {
            Type? last = null;
            foreach (Match token in Token().Matches(row.Split('|')[^2]))
            {
                string[] parts = token.Groups[1].Value.Split('.');
                if (parts[0].EndsWith("Tests", StringComparison.Ordinal))
                {
                    if (parts[0] == "Qemu")
                        continue;
                    last = typeof(ParityTableTests).Assembly.GetTypes().SingleOrDefault(type => type.Name == parts[0]);
                    parts = parts[1..];
                }

                named++;
                if (last is null || (parts is [var method] && !HasTest(last, method)))
                    missing.Add(token.Value);
            }
        }

        Assert.Empty(missing);
        Assert.True(named > 60, $"only {named} tests are named");
    }

    private static bool HasTest(Type type, string pattern)
    {
        var expression = new Regex("^" + Regex.Escape(pattern).Replace("…", ".*", StringComparison.Ordinal) + "$");
        return type.GetMethods().Any(method => method.GetCustomAttribute<FactAttribute>() is not null && expression.IsMatch(method.Name));
    }

    private static string RepositoryRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Xunit.Qemu.sln")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException("Not inside the repository.");
    }

    [GeneratedRegex(@"`([\w.…]*(?:Tests|_)[\w.…]*)`")]
    private static partial Regex Token();
}
