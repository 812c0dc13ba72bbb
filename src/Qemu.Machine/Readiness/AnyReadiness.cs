namespace Qemu.Machine;

/// <summary>Whichever of several conditions comes first.</summary>
internal sealed class AnyReadiness(IReadOnlyList<Readiness> conditions) : Readiness
{
    public override string Description => string.Join(", or ", conditions.Select(condition => condition.Description));

    internal override async Task WaitAsync(QemuMachine machine, IReadOnlyList<ConsoleMark> launch, CancellationToken cancellationToken)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] waits = [.. conditions.Select(condition => condition.WaitAsync(machine, launch, others.Token))];
        Task first = await Task.WhenAny(waits).ConfigureAwait(false);
        await others.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(waits)).ConfigureAwait(false); // nobody is left behind; how the others ended counts for nothing
        await first.ConfigureAwait(false);
    }
}
