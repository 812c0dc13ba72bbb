namespace Qemu.Machine;

/// <summary>A disk image, or what a disk image is built on, that is not there.</summary>
internal sealed class ImageMissingRule() : OutputRule("No such file or directory")
{
    public override string Name => "image-missing";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        if (line.Option is not { } option || !DiskOptions.IsDisk(option) || !line.Says("Could not open"))
            return null;
        string path = line.Between("Could not open '", "'");
        if (line.Says("backing file"))
        {
            path = line.After("backing file:") is { Length: > 0 } rest ? new OutputLine(rest, Option: null, IsFromQemu: true).Quoted() : path;
            return new Finding(
                $"The image is built on '{path}', which is not there.",
                "Put the backing file back beside the image, or point the image at it: qemu-img rebase -u -F FORMAT -b PATH IMAGE.");
        }

        return new Finding($"The disk image '{path}' does not exist.", MissingFile.Advice(path));
    }
}
