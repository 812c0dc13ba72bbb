using Tests.Formats;

namespace Tests.Matrix;

/// <summary>By what ways a result brings the evidence of its machines.</summary>
internal static class Carriers
{
    /// <summary>In every result that shows a machine, and in no exception's message.</summary>
    public const string TailStart = "=== Machine ";

    public static bool HasTail(ReportedResult result, EvidenceCase expected) =>
        expected.Console is not null && result.Text.Contains(TailStart, StringComparison.Ordinal) && result.Text.Contains(expected.Console, StringComparison.Ordinal);

    public static bool HasAttachment(ReportedResult result, EvidenceCase expected) =>
        expected.Attachment is not null && result.Attachments is { } all && all.TryGetValue(expected.Attachment, out string? text) && text.Contains(expected.Console!, StringComparison.Ordinal);

    /// <summary>A cell of the table in docs/reports.md.</summary>
    public static string Describe(ReportedResult result, EvidenceCase expected) => (expected, HasAttachment(result, expected), HasTail(result, expected)) switch
    {
        ({ Outcome: "Skip" }, _, _) => "reason",
        ({ Console: null }, _, _) => "nothing",
        (_, true, true) => "attached, tail",
        (_, true, false) => "attached",
        (_, false, true) => "tail",
        _ => "message",
    };
}
