using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>The views that scopes have of one machine; code outside any scope shares a view of its own.</summary>
internal sealed class ScopeViews
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IMachineScope, ScopeView> _views = new(ReferenceEqualityComparer.Instance);
    private readonly QmpEventHub _events;
    private readonly IReadOnlyList<QemuConsole> _consoles;
    private readonly ScopeView _outside;

    private readonly QmpEventQueueOptions _queueOptions;

    public ScopeViews(QmpEventHub events, QmpEventQueueOptions queueOptions, IReadOnlyList<QemuConsole> consoles)
    {
        _events = events;
        _queueOptions = queueOptions;
        _consoles = consoles;
        _outside = Create();
    }

    /// <summary>The view of the calling code's scope; a scope that was never opened here begins now.</summary>
    public ScopeView Current => MachineScope.Current is { } scope ? Open(scope) : _outside;

    /// <summary>Begins a scope's view, unless it has one.</summary>
    public ScopeView Open(IMachineScope scope)
    {
        lock (_gate)
        {
            if (!_views.TryGetValue(scope, out ScopeView? view))
                _views.Add(scope, view = Create());
            return view;
        }
    }

    public void Close(IMachineScope scope)
    {
        lock (_gate)
        {
            if (_views.Remove(scope, out ScopeView? view))
                view.Dispose();
        }
    }

    /// <summary>Takes events out of all backlogs that came of what this library did to the machine.</summary>
    public void Discard(IReadOnlyCollection<string> names)
    {
        lock (_gate)
        {
            foreach (ScopeView view in _views.Values.Append(_outside))
                view.Events.Discard(names);
        }
    }

    private ScopeView Create() =>
        new(_events.Subscribe(_queueOptions), [.. _consoles.Select(console => console.Transcript.Length)]);
}
