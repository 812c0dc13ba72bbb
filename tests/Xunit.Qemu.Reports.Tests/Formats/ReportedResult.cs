namespace Tests.Formats;

/// <summary>A test's result, whatever report it stands in.</summary>
/// <param name="Outcome"><c>Pass</c>, <c>Fail</c> or <c>Skip</c>.</param>
/// <param name="Text">All that is said of it: messages, reasons, stack traces, output.</param>
/// <param name="Attachments">By name; null where the report has none at all.</param>
internal sealed record ReportedResult(string Outcome, string Text, IReadOnlyDictionary<string, string>? Attachments)
{
    /// <summary>The file and line where the report says that the test stands; null where the report says nothing of it.</summary>
    public (string File, int Line)? Source { get; init; }
}
