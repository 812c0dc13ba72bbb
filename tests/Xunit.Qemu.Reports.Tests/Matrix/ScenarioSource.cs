using System.Runtime.CompilerServices;

namespace Tests.Matrix;

/// <summary>Where things stand in tests/AdapterScenarios/BrokenMachines.cs.</summary>
internal static class ScenarioSource
{
    /// <summary>The line of a test's attribute, and that of the first assertion in its body.</summary>
    public static (int Attribute, int Assertion) LinesOf(string @class, string method)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Here(), "..", "..", "AdapterScenarios", "BrokenMachines.cs"));
        int start = Array.FindIndex(lines, line => line.Contains(@class, StringComparison.Ordinal));
        int signature = Array.FindIndex(lines, start, line => line.Contains(method, StringComparison.Ordinal));
        int assertion = Array.FindIndex(lines, signature, line => line.Contains("Assert.", StringComparison.Ordinal));
        return (signature, assertion + 1); // the attribute is on the line above; lines count from 1
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
