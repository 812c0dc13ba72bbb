namespace Qemu.Machine;

/// <summary>Several conditions, one after the other.</summary>
internal sealed class AllReadiness(IReadOnlyList<Readiness> conditions) : Readiness
{
    public override string Description => string.Join(", then ", conditions.Select(condition => condition.Description));

    internal override async Task WaitAsync(QemuMachine machine, IReadOnlyList<ConsoleMark> launch, CancellationToken cancellationToken)
    {
        foreach (Readiness condition in conditions)
            await condition.WaitAsync(machine, launch, cancellationToken).ConfigureAwait(false);
    }
}
