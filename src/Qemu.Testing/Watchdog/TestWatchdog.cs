using System.Globalization;

namespace Qemu.Testing;

/// <summary>Watches over one test that may hang: when it has run for longer than it should, what its machines have to show is written down while there still is somebody to write it. The test goes on.</summary>
internal sealed class TestWatchdog : IDisposable
{
    /// <summary>How long that may take.</summary>
    public static readonly TimeSpan DumpLimit = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly TestScope _scope;
    private readonly ITimer? _timer;
    private Task _dump = Task.CompletedTask;
    private bool _ended;

    /// <param name="scope">The test.</param>
    /// <param name="patience">How long it may run; null: as long as it likes.</param>
    /// <param name="time">The clock.</param>
    public TestWatchdog(TestScope scope, TimeSpan? patience, TimeProvider time)
    {
        _scope = scope;
        ExitWatch.Add(scope);
        if (patience is { } limit)
            _timer = time.CreateTimer(_ => Bark(limit), state: null, limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The test has ended, or is about to be reported: waits for what is being written, and writes nothing any more.</summary>
    public async Task EndAsync()
    {
        Dispose();
        Task dump;
        lock (_gate)
        {
            _ended = true;
            dump = _dump;
        }

        await dump.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        ExitWatch.Remove(_scope);
    }

    private void Bark(TimeSpan patience)
    {
        lock (_gate)
        {
            if (!_ended)
                _dump = DumpAsync(patience);
        }
    }

    // Throws nothing: a scope's dump does not.
    private async Task DumpAsync(TimeSpan patience)
    {
        string ran = string.Create(CultureInfo.InvariantCulture, $"This test has been running for {patience.TotalSeconds:0.###} s");
        if (await _scope.DumpAsync($"{ran}, and runs on.", DumpLimit).ConfigureAwait(false) is { } directory)
            _scope.Tell($"{ran}. What its machines have to show so far: {directory}");
    }
}
