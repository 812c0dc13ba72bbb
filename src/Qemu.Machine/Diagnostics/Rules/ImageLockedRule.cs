namespace Qemu.Machine;

/// <summary>An image that another process has open.</summary>
internal sealed class ImageLockedRule() : OutputRule("Failed to get \"", "Failed to lock byte")
{
    public override string Name => "image-locked";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string? path = evidence.Lines.FirstOrDefault(other => other.Says("another process using the image"))?.Between("image [", "]")
            ?? line.Option?.Property("file") ?? line.Option?.Property("filename");
        string holder = path is not null && FileHolders.Find(path) is { } found ? $" It is open in {found}." : "";
        bool isOwnTwin = path is not null && evidence.Options.Count(option => DiskOptions.IsDisk(option) && option.Value.Contains(path, StringComparison.Ordinal)) > 1;
        return new Finding(
            isOwnTwin ? $"The image '{path}' is given to this machine twice." : $"Another process has the image {(path is null ? "" : $"'{path}' ")}open.{holder}",
            (isOwnTwin ? "Give it once, or" : "End it, or") + " leave the image unchanged: .WithDisk(path, snapshot: true) opens it read-only, and any number of machines may share it so.");
    }
}
