namespace Qemu.Machine;

/// <summary>A wrapper that runs on, without QEMU or with one that cannot reach this process.</summary>
internal sealed class WrapperWithoutQemuRule : LaunchRule
{
    public override string Name => "wrapper-without-qemu";

    public override Finding? Examine(LaunchEvidence evidence)
    {
        if (!evidence.HasWrapper || evidence.Alive is not { State: not 'T' } alive || alive.Name.StartsWith("qemu", StringComparison.Ordinal))
            return null;
        return new Finding(
            $"The wrapper `{string.Join(' ', evidence.Spec.Wrapper)}` runs, and QMP does not answer: {alive}.",
            "It must become QEMU, or start it at once and leave it the descriptors it was given. For a wrapper that closes them use .WithSocketDirectory(), for one that moves QEMU to another host .WithQmpEndPoint().") { IsCertain = false };
    }
}
