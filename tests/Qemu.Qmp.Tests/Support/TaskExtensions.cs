namespace Tests.Qmp;

internal static class TaskExtensions
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    /// <summary>Turns a hang into a failure. No test depends on how long it is.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(HangGuard, TestContext.Current.CancellationToken);

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(HangGuard, TestContext.Current.CancellationToken);

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task Soon(this ValueTask task) => task.AsTask().Soon();
}
