using System.Collections.Immutable;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Those who watch a machine, and the few things that it remembers for observers that come later. Thread-safe.</summary>
internal sealed class MachineObservers : IQmpObserver
{
    private const int StepLimit = 128;
    private const int ConsoleTimeLimit = 1024;

    private readonly Lock _gate = new();
    private readonly Queue<MachineStep> _steps = [];
    private readonly List<ConsoleTime> _consoles = [];
    private ImmutableArray<IMachineObserver> _observers = [];
    private MachineStep? _latestLaunch;

    /// <summary>The one clock of all that is observed, whatever clock a machine's deadlines go by: several machines share a timeline.</summary>
    public static TimeProvider Clock => TimeProvider.System;

    /// <summary>Adds one who watches from now on, and tells what was before: nothing is in both, nothing in neither.</summary>
    public MachineHistory Add(IMachineObserver observer)
    {
        lock (_gate)
        {
            _observers = _observers.Add(observer);
            return new MachineHistory([.. _steps], [.. _consoles], _latestLaunch is not null && _steps.Contains(_latestLaunch) ? _latestLaunch : null);
        }
    }

    public void Remove(IMachineObserver observer)
    {
        lock (_gate)
            _observers = _observers.Remove(observer);
    }

    /// <summary>Something happened.</summary>
    /// <param name="kind">What kind of step.</param>
    /// <param name="text">What, in words.</param>
    /// <param name="begins">Whether a launch begins with it.</param>
    public void Step(MachineStepKind kind, string text, bool begins = false)
    {
        ImmutableArray<IMachineObserver> observers;
        MachineStep step;
        lock (_gate)
        {
            step = new MachineStep(Clock.GetTimestamp(), kind, text);
            if (_steps.Count == StepLimit)
                _steps.Dequeue();
            _steps.Enqueue(step);
            if (begins)
                _latestLaunch = step;
            observers = _observers;
        }

        foreach (IMachineObserver observer in observers)
            Tell(observer, seen => seen.OnStep(step));
    }

    public void Console(QemuConsole console)
    {
        long timestamp = Clock.GetTimestamp();
        ConsoleMark end = console.Mark;
        ImmutableArray<IMachineObserver> observers;
        lock (_gate)
        {
            if (_consoles.Count == ConsoleTimeLimit)
                Thin();
            _consoles.Add(new ConsoleTime(console.Number, end, timestamp));
            observers = _observers;
        }

        foreach (IMachineObserver observer in observers)
            Tell(observer, seen => seen.OnConsole(console, end, timestamp));
    }

    public void Screenshot(Screenshot screenshot)
    {
        long timestamp = Clock.GetTimestamp();
        foreach (IMachineObserver observer in Observers())
            Tell(observer, seen => seen.OnScreenshot(screenshot, timestamp));
    }

    void IQmpObserver.Sent(ReadOnlySpan<byte> line) => Qmp(sent: true, line);

    void IQmpObserver.Received(ReadOnlySpan<byte> line) => Qmp(sent: false, line);

    private void Qmp(bool sent, ReadOnlySpan<byte> line)
    {
        ImmutableArray<IMachineObserver> observers = Observers();
        if (observers.IsEmpty)
            return;
        long timestamp = Clock.GetTimestamp();
        foreach (IMachineObserver observer in observers)
        {
            try
            {
                observer.OnQmp(sent, line, timestamp);
            }
            catch (Exception)
            {
                // As in Tell; a span goes into no lambda.
            }
        }
    }

    private ImmutableArray<IMachineObserver> Observers()
    {
        lock (_gate)
            return _observers;
    }

    /// <summary>Forgets every other moment: what was printed then counts for the next.</summary>
    private void Thin()
    {
        int kept = 0;
        for (int i = 1; i < _consoles.Count; i += 2)
            _consoles[kept++] = _consoles[i];
        _consoles.RemoveRange(kept, _consoles.Count - kept);
    }

    private static void Tell(IMachineObserver observer, Action<IMachineObserver> what)
    {
        try
        {
            what(observer);
        }
        catch (Exception)
        {
            // A transcript that fails says so itself; it must not stop the machine.
        }
    }
}
