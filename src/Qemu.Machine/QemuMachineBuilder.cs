using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>
/// Describes a machine step by step; <see cref="Build"/> gives it, unlaunched. Not thread-safe.
/// </summary>
/// <remarks>
/// Typed options keep the order in which they are added. Of machine type, CPU, CPU count, memory, kernel, firmware, CD-ROM,
/// display, GDB server, shell and guest agent only the last one counts; accelerators, devices, disks, networks and consoles add up.
/// </remarks>
public sealed class QemuMachineBuilder
{
    /// <summary>Starts from the QEMU for the host's own architecture, such as <c>qemu-system-x86_64</c>.</summary>
    public QemuMachineBuilder()
        : this(DefaultBinary)
    {
    }

    /// <summary>Starts from a QEMU program.</summary>
    /// <param name="binary">A path, or a name on PATH.</param>
    public QemuMachineBuilder(string binary)
    {
        ArgumentException.ThrowIfNullOrEmpty(binary);
        Spec = new QemuMachineSpec { Binary = binary, Settings = MachineScope.Settings };
    }

    /// <summary>The QEMU program for the host's own architecture.</summary>
    public static string DefaultBinary { get; } = "qemu-system-" + RuntimeInformation.OSArchitecture.ToString() switch
    {
        "X64" => "x86_64",
        "X86" => "i386",
        "Arm64" => "aarch64",
        "Armv6" => "arm",
        "Ppc64le" => "ppc64",
        var other => other.ToLowerInvariant(), // s390x, loongarch64, riscv64, arm: QEMU's names
    };

    /// <summary>What has been described so far.</summary>
    public QemuMachineSpec Spec { get; private set; }

    /// <summary>Gives the machine, not launched.</summary>
    public QemuMachine Build() => new(Spec);

    /// <summary>Sets the machine type, with any properties after a comma: <c>q35</c>, <c>virt,gic-version=3</c>.</summary>
    public QemuMachineBuilder WithMachine(string type) => Replace(new MachineOption(NotEmpty(type)));

    /// <summary>Sets the CPU model: <c>max</c>, <c>host</c>, <c>Skylake-Client,-avx2</c>.</summary>
    public QemuMachineBuilder WithCpu(string model) => Replace(new CpuOption(NotEmpty(model)));

    /// <summary>Sets the number of virtual CPUs.</summary>
    public QemuMachineBuilder WithSmp(int cpus)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cpus, 1);
        return Replace(new SmpOption(cpus));
    }

    /// <summary>Sets the memory size: <c>256M</c>, <c>2G</c>; a bare number is MiB.</summary>
    public QemuMachineBuilder WithMemory(string size) => Replace(new MemoryOption(NotEmpty(size)));

    /// <summary>
    /// Adds an accelerator, or has the best one chosen that is proven here: <see cref="Accelerators.BestAvailable"/>.
    /// QEMU does not start when it cannot have it; with several it takes the first that works. <see cref="QemuMachine.Accelerator"/> tells which.
    /// </summary>
    public QemuMachineBuilder WithAccelerator(string name) => Add(new AcceleratorOption(NotEmpty(name)));

    /// <summary>Boots a kernel directly.</summary>
    /// <param name="kernel">Path of the kernel image.</param>
    /// <param name="initrd">Path of the initial ramdisk; null for none.</param>
    /// <param name="append">The kernel command line; null for none.</param>
    public QemuMachineBuilder WithKernel(string kernel, string? initrd = null, string? append = null) =>
        Replace(new KernelOption(NotEmpty(kernel), initrd, append));

    /// <summary>Sets the firmware image, <c>-bios</c>.</summary>
    public QemuMachineBuilder WithFirmware(string image) => Replace(new FirmwareOption(NotEmpty(image)));

    /// <summary>Sets UEFI firmware as flash banks: read-only code, and the variable store.</summary>
    /// <param name="code">Path of the code image, such as <c>OVMF_CODE.fd</c>.</param>
    /// <param name="variables">Path of the variable store, which the guest writes to; null for none.</param>
    public QemuMachineBuilder WithFlash(string code, string? variables = null)
    {
        Add(new FlashOption(NotEmpty(code), ReadOnly: true));
        return variables is null ? this : Add(new FlashOption(variables, ReadOnly: false));
    }

    /// <summary>Adds a virtio disk.</summary>
    /// <param name="image">Path of the image.</param>
    /// <param name="format">The image's format; null: <c>qcow2</c> for a file named <c>*.qcow2</c>, else <c>raw</c>.</param>
    /// <param name="readOnly">Whether the guest sees a read-only disk.</param>
    /// <param name="snapshot">Whether writes are thrown away at the end, which leaves the image as it is.</param>
    public QemuMachineBuilder WithDisk(string image, string? format = null, bool readOnly = false, bool snapshot = false) =>
        Add(new DiskOption(NotEmpty(image), format, readOnly, snapshot));

    /// <summary>Adds a CD-ROM image.</summary>
    public QemuMachineBuilder WithCdrom(string image) => Replace(new CdromOption(NotEmpty(image)));

    /// <summary>Adds a device: <c>virtio-rng-pci</c>, <c>e1000,netdev=n0</c>.</summary>
    public QemuMachineBuilder WithDevice(string device) => Add(new DeviceOption(NotEmpty(device)));

    /// <summary>Adds a network card on a user-mode network.</summary>
    /// <param name="forwards">Host ports that lead into the guest; an <see cref="int"/> is a TCP port of the guest on a host port QEMU chooses.</param>
    public QemuMachineBuilder WithUserNetwork(params IEnumerable<PortForward> forwards) =>
        Add(new UserNetworkOption([.. forwards]));

    /// <summary>Adds a network card on a segment that it shares with other machines.</summary>
    /// <param name="network">The segment, which must outlive the machine.</param>
    /// <param name="device">The card's model; null: virtio-net.</param>
    /// <param name="macAddress">The card's address; null: one that no other card of the segment has.</param>
    public QemuMachineBuilder WithNetwork(QemuNetwork network, string? device = null, string? macAddress = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Add(new NetworkSegmentOption(network, macAddress ?? network.NextMacAddress(), device));
    }

    /// <summary>Adds a virtio disk that gives errors on purpose.</summary>
    /// <param name="image">Path of the image.</param>
    /// <param name="faults">The errors.</param>
    public QemuMachineBuilder WithFaultyDisk(string image, params IEnumerable<DiskFault> faults) =>
        Add(new FaultyDiskOption(NotEmpty(image), [.. faults]));

    /// <summary>Shares a directory of the host with the guest; <see cref="GuestFiles.MountSharedDirectoryAsync"/> mounts it there.</summary>
    /// <param name="hostPath">The directory, which must exist when the machine is launched.</param>
    /// <param name="tag">The name by which the guest mounts it; at most 31 bytes.</param>
    /// <param name="readOnly">Whether the guest may only read it.</param>
    /// <param name="kind">How it is shared. Default: 9p, which needs nothing else on the host.</param>
    public QemuMachineBuilder WithSharedDirectory(string hostPath, string tag, bool readOnly = false, SharedDirectoryKind kind = SharedDirectoryKind.NineP)
    {
        if (string.IsNullOrEmpty(tag) || System.Text.Encoding.UTF8.GetByteCount(tag) > SharedDirectoryOption.MaximumTag || tag.Contains(',', StringComparison.Ordinal))
            throw new ArgumentException($"A shared directory's tag has 1 to {SharedDirectoryOption.MaximumTag} bytes and no comma.", nameof(tag));
        if (Spec.Options.OfType<SharedDirectoryOption>().Any(share => share.Tag == tag))
            throw new ArgumentException($"There is a shared directory '{tag}' already.", nameof(tag));
        return Add(new SharedDirectoryOption(NotEmpty(hostPath), tag, readOnly, kind));
    }

    /// <summary>
    /// Starts a program beside QEMU that is a part of the machine, and a chardev that leads to it. It starts first, and is gone when the
    /// machine is: <c>.WithCompanion("tpm", "swtpm", "socket", "--tpm2", "--tpmstate", "dir={directory}", "--ctrl", "type=unixio,clientfd={socket}")</c>
    /// with <c>.WithArguments("-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0")</c>.
    /// </summary>
    /// <param name="name">The chardev's id, and the program's name in messages: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</param>
    /// <param name="program">A path, or a name on PATH.</param>
    /// <param name="arguments">
    /// Its arguments. <c>{socket}</c> stands for the number of a descriptor that is connected with QEMU's chardev, <c>{listener}</c> for that of a listening
    /// socket to which QEMU has connected already, <c>{directory}</c> for a directory that goes with the machine. Without one of the first two there is no chardev.
    /// </param>
    public QemuMachineBuilder WithCompanion(string name, string program, params IEnumerable<string> arguments)
    {
        if (string.IsNullOrEmpty(name) || !name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            throw new ArgumentException("A companion's name is QEMU's id for it and part of a file's name: ASCII letters, digits, '-', '_' and '.'.", nameof(name));
        return Add(new CompanionOption(name, NotEmpty(program), [.. arguments]));
    }

    /// <summary>Sets what the guest's hardware clock shows at the start; it runs on from there. Default: the host's time, in UTC.</summary>
    public QemuMachineBuilder WithClock(DateTimeOffset start) =>
        Add(new RawOption(["-rtc", "base=" + start.UtcDateTime.ToString("s", System.Globalization.CultureInfo.InvariantCulture)]));

    /// <summary>Adds a graphics card; without one, a machine has none.</summary>
    /// <param name="vga">The card, as <c>-vga</c> takes it.</param>
    /// <param name="display">The picture's destination, as <c>-display</c> takes it; <c>none</c> still allows screenshots.</param>
    public QemuMachineBuilder WithDisplay(string vga = "std", string display = "none") =>
        Replace(new DisplayOption(NotEmpty(vga), NotEmpty(display)));

    /// <summary>Adds a serial console, read from the first byte to the last.</summary>
    /// <param name="deviceType">The device it is (<c>isa-serial</c>, <c>virtconsole</c>); null: the machine's own serial port.</param>
    /// <param name="index">Which serial port; the earlier ones that no console takes lead nowhere.</param>
    public QemuMachineBuilder WithConsole(string? deviceType = null, int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Add(new ConsoleOption(deviceType, index));
    }

    /// <summary>Copies the console's raw bytes to a file of yours, which stays. Adds a console when there is none; else it is the last one's.</summary>
    public QemuMachineBuilder WithConsoleLog(string path)
    {
        NotEmpty(path);
        ConsoleOption? last = Spec.Consoles.LastOrDefault();
        if (last is null)
            return Add(new ConsoleOption(LogPath: path));
        Spec = Spec with { Options = Spec.Options.Replace(last, last with { LogPath = path }) };
        return this;
    }

    /// <summary>Sets which console the guest's shell stands on. On one of its own, kernel messages never mix into what commands write.</summary>
    /// <param name="console">The console's number, in the order in which they are added. Default: the first.</param>
    public QemuMachineBuilder WithShell(int console = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(console);
        return Replace(new ShellOption(console));
    }

    /// <summary>Adds the virtio-serial port at which the QEMU guest agent listens.</summary>
    public QemuMachineBuilder WithGuestAgent() => Replace(new GuestAgentOption());

    /// <summary>Opens QEMU's GDB server.</summary>
    /// <param name="device">Where it listens, as <c>-gdb</c> takes it.</param>
    /// <param name="waitForDebugger">Whether the guest starts stopped, so that a debugger sees its first instruction.</param>
    public QemuMachineBuilder WithGdbServer(string device = "tcp:127.0.0.1:1234", bool waitForDebugger = false) =>
        Replace(new GdbServerOption(NotEmpty(device), waitForDebugger));

    /// <summary>Hands an open descriptor to QEMU as a member of an fdset; no other process gets it.</summary>
    /// <param name="handle">The descriptor; it must stay open until the machine is launched, for each launch anew.</param>
    /// <param name="fdset">The fdset's number: QEMU opens it as <c>/dev/fdset/N</c>.</param>
    /// <param name="opaque">Free text that <c>query-fdsets</c> shows.</param>
    /// <param name="opts">More properties of <c>-add-fd</c>, comma-separated.</param>
    public QemuMachineBuilder WithFileDescriptor(SafeHandle handle, int fdset, string? opaque = null, string? opts = null)
    {
        ArgumentNullException.ThrowIfNull(handle);
        ArgumentOutOfRangeException.ThrowIfNegative(fdset);
        return Add(new FileDescriptorOption(handle, fdset, opaque, opts));
    }

    /// <summary>Points the human monitor that QEMU would open nowhere, <c>-monitor null</c>.</summary>
    public QemuMachineBuilder WithNullMonitor() => Add(new RawOption(["-monitor", "null"]));

    /// <summary>Appends arguments of your own, after all generated ones. They are copied.</summary>
    public QemuMachineBuilder WithArguments(params IEnumerable<string> arguments) =>
        Change(Spec with { Arguments = [.. Spec.Arguments, .. arguments] });

    /// <summary>Puts a command in front of QEMU: <c>taskset -c 0</c>, <c>valgrind</c>, <c>chroot DIR</c>.</summary>
    /// <remarks>
    /// A wrapper that moves QEMU to another host (<c>ssh host</c>) needs <see cref="WithQmpEndPoint"/> with a TCP endpoint;
    /// lifeline, descriptors and templates do not reach that far.
    /// </remarks>
    public QemuMachineBuilder WithWrapper(params IEnumerable<string> command) =>
        Change(Spec with { Wrapper = [.. command] });

    /// <summary>Sets the prefix of log and socket names. Default: unique per process and machine.</summary>
    public QemuMachineBuilder WithName(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException("A machine's name is the beginning of file names: not empty, no slash.", nameof(name));
        return Change(Spec with { Name = name });
    }

    /// <summary>Sets where the machine's own directory is made. Any length will do. Default: the system's directory for temporary files.</summary>
    public QemuMachineBuilder WithTempRoot(string directory) => Change(Spec with { TempRoot = NotEmpty(directory) });

    /// <summary>
    /// Makes QMP and the other channels Unix sockets in a directory, instead of socket pairs without a name.
    /// A socket's whole path may have 107 bytes.
    /// </summary>
    public QemuMachineBuilder WithSocketDirectory(string directory) => Change(Spec with { SocketDirectory = NotEmpty(directory) });

    /// <summary>Sets where the QEMU log goes and stays. Default: the machine's own directory, removed at the end.</summary>
    public QemuMachineBuilder WithLogDirectory(string directory) => Change(Spec with { LogDirectory = NotEmpty(directory) });

    /// <summary>Sets where this process listens for QMP, which QEMU dials; port 0 takes a free one. The other channels listen beside it.</summary>
    /// <param name="endPoint">A <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/> or an <see cref="IPEndPoint"/>.</param>
    public QemuMachineBuilder WithQmpEndPoint(EndPoint endPoint) => endPoint is IPEndPoint or System.Net.Sockets.UnixDomainSocketEndPoint
        ? Change(Spec with { QmpEndPoint = endPoint })
        : throw new ArgumentException("QMP travels over a Unix socket or TCP.", nameof(endPoint));

    /// <summary>Bounds the way to QMP's readiness at launch, and each later command. Default: 30 s.</summary>
    public QemuMachineBuilder WithQmpTimeout(TimeSpan timeout) => Change(Spec with { QmpTimeout = TimeLimits.Require(timeout, nameof(timeout)) });

    /// <summary>Leaves QMP out: no commands, no events; the machine is ended by SIGTERM, then SIGKILL.</summary>
    public QemuMachineBuilder WithoutQmp() => Change(Spec with { QmpEnabled = false });

    /// <summary>Sets when the machine counts as ready; <see cref="QemuMachine.StartAsync"/> waits for it.</summary>
    /// <param name="readiness">The condition.</param>
    /// <param name="timeout">How long it may take, scaled by the settings; null: 60 s.</param>
    public QemuMachineBuilder ReadyWhen(Readiness readiness, TimeSpan? timeout = null) => Change(Spec with
    {
        Readiness = readiness ?? throw new ArgumentNullException(nameof(readiness)),
        ReadinessTimeout = TimeLimits.Require(timeout ?? Spec.ReadinessTimeout, nameof(timeout)),
    });

    /// <summary>
    /// Boots the machine once, saves it when it is ready, and starts it as a clone of what was saved from then on, in later
    /// runs too. Its disks' images are only read; each clone's writes are its own and gone with it.
    /// </summary>
    /// <param name="options">What differs from the defaults.</param>
    public QemuMachineBuilder WithTemplate(TemplateOptions? options = null)
    {
        options ??= new TemplateOptions();
        TimeLimits.Require(options.CloneTimeout, nameof(options));
        return Change(Spec with { Template = options });
    }

    /// <summary>Adds a rule by which the guest's panic is known on a console, before those that are there.</summary>
    public QemuMachineBuilder WithPanicRule(PanicRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule.Triggers.Count > 0 && rule.Triggers.All(trigger => trigger.Length > 1 && System.Text.Ascii.IsValid(trigger))
            ? Change(Spec with { PanicRules = Spec.PanicRules.Insert(0, rule) })
            : throw new ArgumentException($"The panic rule '{rule.Name}' needs triggers in ASCII of at least two characters.", nameof(rule));
    }

    /// <summary>Removes a rule, for a guest that says so without being broken.</summary>
    /// <param name="name">A rule's name, as <see cref="GuestPanic.Rule"/> shows it, or an event: <c>GUEST_PANICKED</c>, <c>GUEST_CRASHLOADED</c>, <c>WATCHDOG</c>, <c>triple fault</c>.</param>
    public QemuMachineBuilder WithoutPanicRule(string name) =>
        Spec.PanicEvents.Contains(name) || Spec.PanicRules.Any(rule => rule.Name == name)
            ? Change(Spec with { PanicRules = Spec.PanicRules.RemoveAll(rule => rule.Name == name), PanicEvents = Spec.PanicEvents.Remove(name) })
            : throw new ArgumentException(
                $"There is no panic rule '{name}'; there are {string.Join(", ", Spec.PanicRules.Select(rule => rule.Name).Concat(Spec.PanicEvents))}.",
                nameof(name));

    /// <summary>Leaves the guest's panics to the test: nothing watches for them.</summary>
    public QemuMachineBuilder WithoutPanicWatch() => Change(Spec with { PanicRules = [], PanicEvents = [] });

    /// <summary>Sets where the machine logs. Default: nowhere.</summary>
    public QemuMachineBuilder WithLogger(ILogger logger) => Change(Spec with { Logger = logger ?? throw new ArgumentNullException(nameof(logger)) });

    /// <summary>Sets the clock of every deadline. Default: the system's.</summary>
    public QemuMachineBuilder WithTimeProvider(TimeProvider timeProvider) => Change(Spec with { TimeProvider = timeProvider ?? throw new ArgumentNullException(nameof(timeProvider)) });

    /// <summary>Sets what the surroundings of the run decide.</summary>
    public QemuMachineBuilder WithSettings(QemuSettings settings) => Change(Spec with { Settings = settings ?? throw new ArgumentNullException(nameof(settings)) });

    private static string NotEmpty(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        return value;
    }

    private QemuMachineBuilder Add<TOption>(TOption option)
        where TOption : QemuOption => Change(Spec.With(option));

    private QemuMachineBuilder Replace<TOption>(TOption option)
        where TOption : QemuOption => Change(Spec.With(option, replace: true));

    private QemuMachineBuilder Change(QemuMachineSpec spec)
    {
        Spec = spec;
        return this;
    }
}
