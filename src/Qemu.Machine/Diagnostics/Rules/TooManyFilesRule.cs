using System.ComponentModel;

namespace Qemu.Machine;

/// <summary>No descriptors left.</summary>
internal sealed class TooManyFilesRule() : OutputRule(Words)
{
    private const string Words = "Too many open files";

    public override string Name => "too-many-files";

    public override Finding? Examine(LaunchEvidence evidence) => evidence.StartError switch
    {
        Win32Exception { NativeErrorCode: Libc.EMFILE } => Limit(),
        IOException error when error.Message.Contains(Words, StringComparison.Ordinal) => Limit(),
        _ => base.Examine(evidence),
    };

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => Limit();

    private static Finding Limit() => new(
        "The limit of open files is reached.",
        "Raise it (`ulimit -n`; .NET and a machine take some 150), or run fewer machines at once.");
}
