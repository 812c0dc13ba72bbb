namespace Qemu.Machine;

/// <summary>The ways into a machine's guest, each made when first asked for; what a way needs and the machine lacks is said instead of waited for.</summary>
internal sealed class GuestFacilities
{
    private readonly QemuMachine _machine;
    private readonly Lazy<GuestShell> _shell;
    private readonly Lazy<GuestAgent> _agent;
    private readonly Lazy<GuestFiles> _files;
    private readonly Lazy<MachineScreen> _screen;

    public GuestFacilities(QemuMachine machine, Func<Task<AgentSession>?> agent)
    {
        _machine = machine;
        _shell = new Lazy<GuestShell>(CreateShell);
        _agent = new Lazy<GuestAgent>(() => CreateAgent(agent));
        _files = new Lazy<GuestFiles>(CreateFiles);
        _screen = new Lazy<MachineScreen>(CreateScreen);
        Network = new MachineNetwork(machine);
        Faults = new MachineFaults(machine);
    }

    public GuestShell Shell => _shell.Value;

    public GuestAgent Agent => _agent.Value;

    public GuestFiles Files => _files.Value;

    public MachineScreen Screen => _screen.Value;

    public MachineNetwork Network { get; }

    public MachineFaults Faults { get; }

    private bool HasAgent => _machine.Spec.Options.OfType<GuestAgentOption>().Any();

    private GuestAgent CreateAgent(Func<Task<AgentSession>?> session) => HasAgent
        ? new GuestAgent(_machine, session)
        : throw new QemuConfigurationException($"Machine {_machine.Name} has no guest agent: add .WithGuestAgent(), and run qemu-ga in the guest.");

    /// <summary>A display among raw arguments is the user's own business; but with nothing of the kind a screenshot would show an empty screen, not an error.</summary>
    public bool HasScreen
    {
        get
        {
            IEnumerable<string> raw = _machine.Spec.Options.OfType<DeviceOption>().Select(option => option.Device).Concat(_machine.Arguments);
            bool hasDisplay = _machine.Spec.Options.OfType<DisplayOption>().Any(option => option.Vga != "none")
                || raw.Any(text => text.Contains("vga", StringComparison.OrdinalIgnoreCase) || text.Contains("gpu", StringComparison.Ordinal) || text.Contains("ramfb", StringComparison.Ordinal)
                    || text.Contains("bochs-display", StringComparison.Ordinal) || text.Contains("qxl", StringComparison.Ordinal));
            return hasDisplay;
        }
    }

    private MachineScreen CreateScreen() => HasScreen
        ? new MachineScreen(_machine)
        : throw new QemuConfigurationException($"Machine {_machine.Name} has no screen: add .WithDisplay().");

    private GuestFiles CreateFiles()
    {
        if (HasAgent)
            return new GuestFiles(_machine, new AgentFileTransport(Agent));
        return _machine.Consoles.Count > 0
            ? new GuestFiles(_machine, new ShellFileTransport(Shell))
            : throw new QemuConfigurationException($"Machine {_machine.Name} has no way for files: add .WithGuestAgent(), or .WithConsole() for a shell.");
    }

    private GuestShell CreateShell()
    {
        int console = _machine.Spec.Options.OfType<ShellOption>().LastOrDefault()?.Console ?? 0;
        return console < _machine.Consoles.Count
            ? new GuestShell(_machine, _machine.Consoles[console], _machine.Waits)
            : throw new QemuConfigurationException($"Machine {_machine.Name} has no console {console} for a shell: it has {_machine.Consoles.Count}; add .WithConsole().");
    }
}
