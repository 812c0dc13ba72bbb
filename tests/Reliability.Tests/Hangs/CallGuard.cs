using Qemu.Qmp;

namespace Tests.Reliability;

/// <summary>Runs public calls against a QEMU that misbehaves, and sees that each ends in time and with an error of this project's own, if any.</summary>
internal sealed class CallGuard(TimeSpan limit)
{
    private readonly List<(string Name, Task Task)> _calls = [];

    /// <summary>Starts a call.</summary>
    public void Start(string name, Func<Task> call) => _calls.Add((name, Task.Run(call)));

    /// <summary>Waits for all that were started.</summary>
    public async Task AllEndAsync()
    {
        Task all = Task.WhenAll(_calls.Select(call => call.Task));
        await all.WaitAsync(limit).ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.Empty(_calls.Where(call => !call.Task.IsCompleted).Select(call => $"{call.Name} did not end within {limit}"));
        Assert.Empty(_calls.Where(call => !IsProper(call.Task)).Select(call => $"{call.Name} ended with {call.Task.Exception}"));
        _calls.Clear();
    }

    public async Task EndsAsync(string name, Func<Task> call)
    {
        Start(name, call);
        await AllEndAsync();
    }

    private static bool IsProper(Task call) =>
        call.IsCompletedSuccessfully || call.IsCanceled || call.Exception!.InnerExceptions.All(error => error is QemuException);
}
