namespace Qemu.Machine;

/// <summary>The ways into a machine's guest, each made when first asked for; what a way needs and the machine lacks is said instead of waited for.</summary>
internal sealed class GuestFacilities
{
    private readonly QemuMachine _machine;
    private readonly Lazy<GuestShell> _shell;

    public GuestFacilities(QemuMachine machine)
    {
        _machine = machine;
        _shell = new Lazy<GuestShell>(CreateShell);
    }

    public GuestShell Shell => _shell.Value;

    private GuestShell CreateShell()
    {
        int console = _machine.Spec.Options.OfType<ShellOption>().LastOrDefault()?.Console ?? 0;
        return console < _machine.Consoles.Count
            ? new GuestShell(_machine, _machine.Consoles[console], _machine.Waits)
            : throw new QemuConfigurationException($"Machine {_machine.Name} has no console {console} for a shell: it has {_machine.Consoles.Count}; add .WithConsole().");
    }
}
