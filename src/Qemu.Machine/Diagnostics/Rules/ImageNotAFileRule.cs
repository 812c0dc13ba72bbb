namespace Qemu.Machine;

/// <summary>A directory, or a device, where an image file belongs.</summary>
internal sealed class ImageNotAFileRule() : OutputRule("to be a regular file", "Is a directory", "requires '")
{
    public override string Name => "image-not-a-file";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string path = line.Says("requires '") ? line.Between("requires '", "'") : line.Quoted();
        return path.Length == 0
            ? null
            : new Finding($"'{path}' is {(Directory.Exists(path) ? "a directory" : "not a regular file")}.", "Pass the image file itself.");
    }
}
