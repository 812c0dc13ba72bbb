namespace Qemu.Testing;

/// <summary>Why a test failed, as its framework reports it.</summary>
/// <param name="Type">The exception's type; empty when it is not known.</param>
/// <param name="Message">The exception's message.</param>
/// <param name="StackTrace">Where it was thrown; empty when that is not known.</param>
internal sealed record TestFailure(string Type, string Message, string StackTrace)
{
    private const string Expected = "Expected:";
    private const string Actual = "Actual:";

    /// <summary>What happened, in one line: the first of the message, and where that says what was expected, what came instead.</summary>
    public string Title
    {
        get
        {
            string[] lines = Message.Trim().Split('\n', StringSplitOptions.TrimEntries);
            string? actual = lines[0].StartsWith(Expected, StringComparison.Ordinal) ? Array.Find(lines, line => line.StartsWith(Actual, StringComparison.Ordinal)) : null;
            return actual is null ? lines[0] : $"{lines[0]}. {Actual} {actual[Actual.Length..].Trim()}";
        }
    }

    /// <summary>Of an exception that the framework has not seen yet.</summary>
    public static TestFailure Of(Exception error) => new(error.GetType().FullName ?? "", error.Message, error.StackTrace ?? "");

    /// <summary>Of a failure without an exception that is known.</summary>
    public static TestFailure Of(string message) => new("", message, "");
}
