using System.Collections.Concurrent;

namespace Scenarios;

/// <summary>Has tests wait for each other, so that they overlap for certain. Where the run is not a parallel one nobody waits.</summary>
internal static class Rendezvous
{
    private static readonly ConcurrentDictionary<string, Meeting> s_meetings = new(StringComparer.Ordinal);

    public static bool IsParallelRun { get; } = Environment.GetEnvironmentVariable("SCENARIOS_PARALLEL") == "1";

    public static Task OfTwoAsync(string name) =>
        IsParallelRun ? s_meetings.GetOrAdd(name, static _ => new Meeting()).ArriveAsync() : Task.CompletedTask;

    private sealed class Meeting
    {
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _missing = 2;

        public Task ArriveAsync()
        {
            if (Interlocked.Decrement(ref _missing) == 0)
                _complete.SetResult();
            return _complete.Task.WaitAsync(TimeSpan.FromMinutes(2));
        }
    }
}
