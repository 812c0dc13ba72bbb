namespace Qemu.Testing;

/// <summary>A line that went over a QMP session.</summary>
/// <param name="Sent">Whether this process sent it.</param>
/// <param name="Text">Its bytes.</param>
internal sealed record QmpLine(bool Sent, byte[] Text);
