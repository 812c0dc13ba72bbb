namespace Qemu.Machine;

/// <summary>
/// Sees what happens to a machine while it happens, for transcripts. Called on the machine's own loops, several at a time: an
/// implementation is thread-safe and quick, and keeps nothing of a span. What it throws is ignored.
/// </summary>
internal interface IMachineObserver
{
    /// <summary>A step of the machine's life.</summary>
    void OnStep(MachineStep step);

    /// <summary>A console's transcript has grown.</summary>
    /// <param name="console">Which.</param>
    /// <param name="end">Where it ends now.</param>
    /// <param name="timestamp">When, in ticks of <see cref="MachineObservers.Clock"/>.</param>
    void OnConsole(QemuConsole console, ConsoleMark end, long timestamp);

    /// <summary>A line went over the QMP session.</summary>
    /// <param name="sent">Whether this process sent it.</param>
    /// <param name="line">JSON text, unless the peer speaks something else, without its line end.</param>
    /// <param name="timestamp">When.</param>
    void OnQmp(bool sent, ReadOnlySpan<byte> line, long timestamp);

    /// <summary>A picture of the screen was taken.</summary>
    void OnScreenshot(Screenshot screenshot, long timestamp);
}
