namespace Qemu.Machine;

/// <summary>A failed probe in one line.</summary>
internal static class ProbeProblem
{
    public static string Of(QemuLaunchException error)
    {
        if (error.Diagnosis is { } diagnosis)
            return diagnosis.Problem.TrimEnd('.');
        string words = LastWords(error.Output);
        return words.Length > 0 ? words : error.Message.Split('\n', 2)[0];
    }

    /// <summary>The line that most likely names the cause: the last one that is not blank.</summary>
    public static string LastWords(string output) =>
        output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
}
