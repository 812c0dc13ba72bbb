namespace Qemu.Machine;

/// <summary>No place for the machine's own files.</summary>
internal sealed class TempDirectoryRule : LaunchRule
{
    public override string Name => "temp-directory";

    public override Finding? Examine(LaunchEvidence evidence) => evidence.StartError switch
    {
        DirectoryNotFoundException => new Finding($"A directory that the machine's files should go to does not exist: {evidence.StartError.Message}", "Make it, or name another: .WithTempRoot(), .WithLogDirectory(), .WithSocketDirectory()."),
        UnauthorizedAccessException => new Finding($"The machine's files cannot be written: {evidence.StartError.Message}", "Name a directory that this user may write to: .WithTempRoot(), .WithLogDirectory(), .WithSocketDirectory()."),
        IOException error when error.Message.Contains("No space left", StringComparison.Ordinal) => new Finding("The file system for the machine's files is full.", "Make room, or name another directory: .WithTempRoot()."),
        _ => null,
    };
}
