namespace Qemu.Qmp;

/// <summary>
/// Sees every line of a session in the order of the wire, for transcripts. Called from the sending thread and from the reader loop, possibly at the same time,
/// so an implementation is thread-safe and quick; the spans are valid during the call only. What it throws is logged and otherwise ignored.
/// </summary>
public interface IQmpObserver
{
    /// <summary>A command is about to be written. <paramref name="line"/> is its JSON text without the line end.</summary>
    void Sent(ReadOnlySpan<byte> line);

    /// <summary>A line came, the greeting included, before it is interpreted. <paramref name="line"/> comes without the line end.</summary>
    void Received(ReadOnlySpan<byte> line);
}
