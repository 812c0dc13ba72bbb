namespace Qemu.Testing;

/// <summary>Somebody else's requirement: it may block its thread, and pay no heed to its token.</summary>
/// <param name="requirement">What is asked.</param>
/// <param name="limit">How long it may take; its token ends then.</param>
internal sealed class ForeignRequirement(IQemuRequirement requirement, TimeSpan limit) : IQemuRequirement
{
    public string Name => requirement.Name;

    public IEnumerable<string> Keywords => requirement.Keywords;

    /// <exception cref="TimeoutException">It did not end in time; it goes on without anybody waiting.</exception>
    public async Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        CancellationToken token = end.Token;
        try
        {
            return await Task.Run(() => requirement.CheckAsync(context, token), CancellationToken.None).WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException ended) when (token.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"it did not end within {limit.TotalSeconds:0} s", ended);
        }
    }
}
