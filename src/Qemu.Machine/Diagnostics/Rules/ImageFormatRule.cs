namespace Qemu.Machine;

/// <summary>An image in another format than the command line says.</summary>
internal sealed class ImageFormatRule() : OutputRule("Image is not in ", "nvalid ", "does not support qcow version")
{
    private static readonly string[] s_formats = ["qcow2", "vmdk", "vdi", "vhdx", "vpc", "luks"];

    public override string Name => "image-format";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        if (line.Option is not { } option || !DiskOptions.IsDisk(option))
            return null;
        string path = option.Property("file") ?? option.Property("filename") ?? option.Value;
        string? said = line.Says("Image is not in ") ? line.Between("Image is not in ", " format") : option.Property("format") ?? option.Property("driver");
        string? found = ImageFormat.Detect(path);
        if (said is null || found == said || (!line.Says("Image is not in ") && !s_formats.Contains(found)))
            return null;
        bool isFormat = found == "raw" || s_formats.Contains(found);
        return new Finding(
            $"The image is not {said}{(found is null ? "" : $": it looks like {found}")}.",
            isFormat ? $"Say so: .WithDisk(path, format: \"{found}\"), or format={found}." : $"`qemu-img info {path}` tells an image's format; pass that.");
    }
}
