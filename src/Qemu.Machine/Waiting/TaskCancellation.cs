namespace Qemu.Machine;

/// <summary>Cancellation as awaiting a cancelled task throws it.</summary>
internal static class TaskCancellation
{
    /// <summary>
    /// Throws <see cref="TaskCanceledException"/> rather than its base: of a test that ends at its time-out xUnit.net takes that for the end it asked for, and anything else for
    /// a second failure, which it shows as one more result ("Test Cleanup Failure").
    /// </summary>
    public static void ThrowIfTaskCancelled(this CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            throw new TaskCanceledException(message: null, innerException: null, cancellationToken);
    }
}
