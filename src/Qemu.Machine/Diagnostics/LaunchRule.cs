namespace Qemu.Machine;

/// <summary>One kind of launch failure. A rule looks at the evidence and at nothing that could be slow.</summary>
internal abstract class LaunchRule
{
    /// <summary>Its name in a diagnosis: words with dashes, and stable.</summary>
    public abstract string Name { get; }

    /// <summary>What it makes of the evidence; null when this is not its case.</summary>
    public abstract Finding? Examine(LaunchEvidence evidence);
}
