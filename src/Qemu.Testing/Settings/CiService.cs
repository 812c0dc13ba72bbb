namespace Qemu.Testing;

/// <summary>What the CI service offers that runs the tests, as far as this library makes use of it.</summary>
/// <param name="FoldsOutput">Whether it folds output between <c>::group::</c> and <c>::endgroup::</c>, as GitHub Actions does.</param>
/// <param name="SummaryPath">The file whose Markdown it shows with the job; null for none.</param>
/// <param name="RunId">Which run of it this is; null when it does not say.</param>
internal sealed record CiService(bool FoldsOutput, string? SummaryPath, string? RunId)
{
    public static CiService None { get; } = new(FoldsOutput: false, SummaryPath: null, RunId: null);

    /// <summary>Reads the variables by which a service makes itself known.</summary>
    public static CiService From(Func<string, string?> read) => read("GITHUB_ACTIONS") == "true"
        ? new CiService(
            FoldsOutput: true,
            read("GITHUB_STEP_SUMMARY") is { Length: > 0 } path ? path : null,
            $"github-{read("GITHUB_RUN_ID")}-{read("GITHUB_RUN_ATTEMPT")}-{read("GITHUB_JOB")}")
        : read("CI_JOB_ID") is { Length: > 0 } job ? None with { RunId = $"gitlab-{job}" } : None;
}
