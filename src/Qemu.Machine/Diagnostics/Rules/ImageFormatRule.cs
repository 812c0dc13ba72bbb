namespace Qemu.Machine;

/// <summary>An image in another format than the command line says.</summary>
internal sealed class ImageFormatRule() : OutputRule("Image is not in ", "not a valid", "Unsupported qcow2 version", "does not have a valid")
{
    public override string Name => "image-format";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        if (line.Option is not { } option || !DiskOptions.IsDisk(option) || !line.Says("Image is not in "))
            return null;
        string said = line.Between("Image is not in ", " format");
        string path = option.Property("file") ?? option.Property("filename") ?? option.Value;
        string? found = ImageFormat.Detect(path);
        return new Finding(
            $"The image is not {said}{(found is null ? "" : $": it looks like {found}")}.",
            found is null ? $"`qemu-img info {path}` tells its format; pass that." : $"Say so: .WithDisk(path, format: \"{found}\"), or format={found}.");
    }
}
