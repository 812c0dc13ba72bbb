using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>The panics of the guests of one test: the first that nobody allowed cancels the test, and is what it fails with. Thread-safe.</summary>
/// <param name="report">The test's report.</param>
/// <param name="cancellation">What the test's waits end with.</param>
internal sealed class TestPanics(ITestReport report, CancellationTokenSource cancellation)
{
    private readonly Lock _gate = new();
    private GuestPanicException? _first;
    private bool _any;

    /// <summary>The first one; null while there is none, and once it was taken.</summary>
    public GuestPanicException? First
    {
        get
        {
            lock (_gate)
                return _first;
        }
    }

    /// <summary>Whether there was one, taken or not.</summary>
    public bool Any
    {
        get
        {
            lock (_gate)
                return _any;
        }
    }

    /// <summary>Gives the first one, once: to whoever makes the test fail with it.</summary>
    public GuestPanicException? Take()
    {
        lock (_gate)
        {
            GuestPanicException? first = _first;
            _first = null;
            return first;
        }
    }

    /// <summary>Wants to be told of a machine's.</summary>
    public void Watch(QemuMachine machine) => machine.PanicOccurred += OnPanic;

    /// <summary>At the test's end: takes in those that it was not told of yet, which may be why the test ended, and hears of no more.</summary>
    public void Close(IEnumerable<ScopedMachine> machines)
    {
        foreach (ScopedMachine entry in machines)
        {
            entry.Machine.PanicOccurred -= OnPanic;
            if (entry.PanicHere is { } panic)
                Note(entry.Machine, panic);
        }
    }

    private void OnPanic(object? sender, GuestPanicEventArgs args)
    {
        if (args.Panic.IsAllowed)
            return;
        Note((QemuMachine)sender!, args.Panic);

        // Not on the machine's own loop, and not awaited: the test may go on and end in here.
        _ = Task.Run(CancelAsync);
    }

    private void Note(QemuMachine machine, GuestPanic panic)
    {
        lock (_gate)
        {
            if (_any)
                return;
            _any = true;
            _first = new GuestPanicException(machine.Name, panic);
        }
    }

    private async Task CancelAsync()
    {
        try
        {
            report.CancelTest();
            await cancellation.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            report.Warn($"Something failed when the test was cancelled because of its guest's panic: {error.Message}");
        }
    }
}
