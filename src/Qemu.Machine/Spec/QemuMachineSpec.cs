using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Qemu.Machine;

/// <summary>
/// What a machine is made of, immutable: an ordered list of typed options and the user's raw arguments after them.
/// </summary>
public sealed record QemuMachineSpec
{
    /// <summary>The QEMU program: a path, or a name that is looked up in <see cref="QemuSettings.BinaryDirectory"/> and then on PATH.</summary>
    public required string Binary { get; init; }

    /// <summary>Settings from outside the test.</summary>
    public QemuSettings Settings { get; init; } = QemuSettings.Default;

    /// <summary>Arguments put in front of QEMU, such as <c>taskset -c 0</c>; empty for none.</summary>
    public ImmutableArray<string> Wrapper { get; init; } = [];

    /// <summary>The typed options, in the order in which they were added.</summary>
    public ImmutableArray<QemuOption> Options { get; init; } = [];

    /// <summary>The user's own arguments, after all generated ones, as given.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Prefix of log and socket names; null: unique per process and machine.</summary>
    public string? Name { get; init; }

    /// <summary>Where the machine's own directory is made; null: the system's directory for temporary files.</summary>
    public string? TempRoot { get; init; }

    /// <summary>Where sockets go that have a file name; null: the machine's own directory.</summary>
    public string? SocketDirectory { get; init; }

    /// <summary>Where the QEMU log goes and stays; null: the machine's own directory, which is removed at the end.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>Where this process listens for QMP; null: a socket pair that QEMU is born with.</summary>
    public EndPoint? QmpEndPoint { get; init; }

    /// <summary>Whether the machine has a QMP monitor at all. Default: true.</summary>
    public bool QmpEnabled { get; init; } = true;

    /// <summary>Bounds the way to QMP's readiness at launch, and each later command. Default: 30 s.</summary>
    public TimeSpan QmpTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The rules that recognise the guest's panic in the lines of its consoles; empty: consoles are not watched. Default: <see cref="Qemu.Machine.PanicRules.Default"/>.</summary>
    public ImmutableArray<PanicRule> PanicRules { get; init; } = Machine.PanicRules.Default;

    /// <summary>Which of QEMU's events count as the guest's panic. <c>triple fault</c> is none of QEMU's: a reset of an emulated x86 CPU that its guest did not ask for.</summary>
    public ImmutableArray<string> PanicEvents { get; init; } = Machine.PanicEvents.Names;

    /// <summary>When the machine counts as ready for tests; null: when QMP is ready.</summary>
    public Readiness? Readiness { get; init; }

    /// <summary>Bounds the wait for <see cref="Readiness"/>, scaled by <see cref="QemuSettings.TimeoutScale"/>. Default: 60 s.</summary>
    public TimeSpan ReadinessTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How the machine is started from a template; null: it is booted each time.</summary>
    public TemplateOptions? Template { get; init; }

    /// <summary>Where the machine logs. Default: nowhere.</summary>
    public ILogger Logger
    {
        get;
        init => field = value as TolerantLogger ?? new TolerantLogger(value);
    } = NullLogger.Instance;

    /// <summary>The clock of every deadline. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The machine type that was asked for, without its properties; null when none was.</summary>
    public string? MachineType => Options.OfType<MachineOption>().LastOrDefault()?.TypeName;

    /// <summary>The consoles, in order.</summary>
    internal IEnumerable<ConsoleOption> Consoles => Options.OfType<ConsoleOption>();

    /// <summary>Where only the last option of a kind counts, it replaces the earlier one.</summary>
    internal QemuMachineSpec With<TOption>(TOption option, bool replace = false)
        where TOption : QemuOption =>
        this with { Options = (replace ? Options.RemoveAll(static other => other is TOption) : Options).Add(option) };

    /// <summary>
    /// QEMU's arguments, in the documented order: display, QMP, machine, consoles, the other typed options, the user's own.
    /// </summary>
    /// <exception cref="QemuConfigurationException">The arguments ask for something that no machine can have.</exception>
    internal IReadOnlyList<string> Render(IMachineTransport transport, IDescriptorPassing descriptors)
    {
        ArgumentRules.Check(this);
        var commandLine = new CommandLineBuilder(transport, descriptors, MachineType);
        (Options.OfType<DisplayOption>().LastOrDefault() ?? DisplayOption.None).AppendTo(commandLine);
        if (QmpEnabled)
        {
            commandLine.AddChannel(MachineChannels.Qmp);
            commandLine.Add("-mon", $"chardev={MachineChannels.Qmp},mode=control");
        }

        if (Options.OfType<SharedDirectoryOption>().Any(share => share.Kind == SharedDirectoryKind.VirtioFs) && !Options.OfType<MemoryFileOption>().Any())
            new SharedMemoryOption(GuestMemorySize.Of(this)).AppendTo(commandLine);
        foreach (QemuOption option in Options.Where(option => option is not DisplayOption).OrderBy(Rank))
            option.AppendTo(commandLine);
        if (Settings.Accelerator is { } accelerator && !Options.OfType<AcceleratorOption>().Any())
            new AcceleratorOption(accelerator).AppendTo(commandLine);
        return [.. commandLine.Arguments, .. Arguments];
    }

    private static int Rank(QemuOption option) => option switch
    {
        MachineOption => 0,
        ConsoleOption => 1,
        _ => 2,
    };
}
