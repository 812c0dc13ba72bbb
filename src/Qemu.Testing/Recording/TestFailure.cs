namespace Qemu.Testing;

/// <summary>Why a test failed, as its framework reports it.</summary>
/// <param name="Type">The exception's type; empty when it is not known.</param>
/// <param name="Message">The exception's message.</param>
/// <param name="StackTrace">Where it was thrown; empty when that is not known.</param>
internal sealed record TestFailure(string Type, string Message, string StackTrace)
{
    /// <summary>What happened, in one line.</summary>
    public string Title => Message.AsSpan().TrimStart().IndexOfAny('\r', '\n') is var end and >= 0
        ? Message.TrimStart()[..end]
        : Message.Trim();
}
