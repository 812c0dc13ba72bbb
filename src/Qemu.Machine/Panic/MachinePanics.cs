using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>What outlives a machine's launches about panics: who allowed them, and who wants to be told.</summary>
internal sealed class MachinePanics(QemuMachine machine)
{
    private readonly Lock _gate = new();
    private readonly List<PanicAllowance> _allowances = [];

    private EventHandler<GuestPanicEventArgs>? _handlers;

    public void AddHandler(EventHandler<GuestPanicEventArgs>? handler)
    {
        lock (_gate)
            _handlers += handler;
    }

    public void RemoveHandler(EventHandler<GuestPanicEventArgs>? handler)
    {
        lock (_gate)
            _handlers -= handler;
    }

    public PanicAllowance Allow(string? text)
    {
        var allowance = new PanicAllowance(machine, text, MachineScope.Current, Remove);
        lock (_gate)
            _allowances.Add(allowance);
        return allowance;
    }

    public IReadOnlyList<PanicAllowance> FindAllowances(GuestPanic panic)
    {
        lock (_gate)
            return _allowances.FindAll(allowance => allowance.Covers(panic));
    }

    /// <summary>Tells those who want to know. What they do with it is theirs: it cannot stop the machine's own course.</summary>
    public void Tell(GuestPanic panic)
    {
        machine.Observers.Step(MachineStepKind.Panic, $"The guest panicked{(panic.IsAllowed ? ", as allowed" : "")}: {panic.Title}");
        MachineTelemetry.Panicked(panic);
        machine.Spec.Logger.LogWarning("Machine {Machine}: the guest panicked{Allowed}: {Title}", machine.Name, panic.IsAllowed ? ", as allowed" : "", panic.Title);
        EventHandler<GuestPanicEventArgs>? handlers;
        lock (_gate)
            handlers = _handlers;
        foreach (EventHandler<GuestPanicEventArgs> handler in handlers?.GetInvocationList() ?? [])
            Tell(handler, panic);
    }

    private void Tell(EventHandler<GuestPanicEventArgs> handler, GuestPanic panic)
    {
        try
        {
            handler(machine, new GuestPanicEventArgs(panic));
        }
        catch (Exception error)
        {
            machine.Spec.Logger.LogError(error, "Machine {Machine}: a handler of the guest's panic failed", machine.Name);
        }
    }

    private void Remove(PanicAllowance allowance)
    {
        lock (_gate)
            _allowances.Remove(allowance);
    }
}
