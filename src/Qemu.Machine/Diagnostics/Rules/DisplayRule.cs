namespace Qemu.Machine;

/// <summary>A window where there is no screen.</summary>
internal sealed class DisplayRule() : OutputRule("gtk initialization failed", "Could not initialize SDL", "cannot open display", "is not available", "egl: ", "no drm render node")
{
    public override string Name => "display-unavailable";

    protected override bool ReadsAnyLine => true;

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) =>
        evidence.Options.Any(option => option.Name is "-display" or "-sdl" or "-gtk" && option.Type is not ("none" or "vnc"))
            ? new Finding("QEMU cannot open a window here: there is no display, or no right to use it.", "Use .WithDisplay() without a window; screenshots work without one. To watch, use -vnc.")
            : null;
}
