namespace Qemu.Machine;

/// <summary>A panic of the guest: that of its kernel, of its firmware, or the lack of anything to boot.</summary>
/// <param name="Title">What happened, in one line: <c>kernel BUG at fs/ext4/inode.c:123!</c></param>
/// <param name="Rule">The name of the rule that saw it.</param>
/// <param name="Trace">What was printed around it, 64 KiB at most; for an event, its data.</param>
/// <param name="Console">The console that it stood on; null for an event.</param>
/// <param name="Start">Where on the console it begins.</param>
/// <param name="IsAllowed">Whether a test had said that it provokes it: then no wait of that test throws it, and no test fails for it alone. The guest is as broken as otherwise.</param>
public sealed record GuestPanic(string Title, string Rule, string Trace, int? Console, ConsoleMark? Start, bool IsAllowed)
{
    /// <summary>Title and trace.</summary>
    public override string ToString() => string.IsNullOrWhiteSpace(Trace) ? Title : Title + Environment.NewLine + Trace.TrimEnd();
}
