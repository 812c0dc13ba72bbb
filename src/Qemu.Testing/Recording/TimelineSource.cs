namespace Qemu.Testing;

/// <summary>What speaks in a line of a timeline; the names are those of the file format.</summary>
internal static class TimelineSource
{
    public const string Test = "test";
    public const string Launch = "launch";
    public const string Console = "console";
    public const string Qemu = "qemu";
    public const string Command = "qmp-command";
    public const string Reply = "qmp-reply";
    public const string Event = "qmp-event";
    public const string Screenshot = "screenshot";
    public const string Warning = "warning";
    public const string Panic = "panic";
    public const string End = "end";
    public const string Failure = "failure";
    public const string Note = "note";
}
