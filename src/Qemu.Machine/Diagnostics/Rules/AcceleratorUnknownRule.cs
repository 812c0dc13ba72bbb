namespace Qemu.Machine;

/// <summary>An accelerator that this program was not built with: misspelt, another host's, or another architecture's.</summary>
internal sealed class AcceleratorUnknownRule() : OutputRule("invalid accelerator", "no accelerator found")
{
    public override string Name => "accelerator-unknown";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string name = line.After("invalid accelerator").Trim('\'', '"');
        string architecture = evidence.BinaryName.Replace("qemu-system-", "", StringComparison.Ordinal);
        if (name == Accelerators.Kvm && architecture != evidence.Host.Architecture && !(architecture == "i386" && evidence.Host.Architecture == "x86_64"))
            return new Finding($"KVM runs guests of the host's own architecture: {evidence.Host.Architecture}, not {architecture}.", "Use .WithAccelerator(\"tcg\") for this guest.");
        string fix = name switch
        {
            "hvf" => "hvf is macOS's: use .WithAccelerator(Accelerators.BestAvailable).",
            "whpx" => "whpx is Windows's: use .WithAccelerator(Accelerators.BestAvailable).",
            _ => $"`{evidence.BinaryName} -accel help` lists those of this build; .WithAccelerator(Accelerators.BestAvailable) chooses one.",
        };
        return new Finding($"{evidence.BinaryName} was built without the accelerator '{name}'.", fix)
        {
            Unknown = name is "hvf" or "whpx" ? null : new UnknownName(NameKind.Accelerator, name),
        };
    }
}
