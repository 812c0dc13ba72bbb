namespace Qemu.Machine;

/// <summary>A graphics card, and where its picture goes.</summary>
/// <param name="Vga">The card, as <c>-vga</c> takes it: <c>std</c>, <c>virtio</c>, <c>qxl</c>.</param>
/// <param name="Display">The picture's destination, as <c>-display</c> takes it. <c>none</c> still allows screenshots.</param>
public sealed record DisplayOption(string Vga = "std", string Display = "none") : QemuOption
{
    /// <summary>What every machine gets that asks for no display.</summary>
    internal static DisplayOption None { get; } = new("none");

    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        commandLine.Add("-display", Display);
        commandLine.Add("-vga", Vga);
    }
}
