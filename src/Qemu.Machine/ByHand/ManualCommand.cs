namespace Qemu.Machine;

/// <summary>The command line with which a person runs a machine again, at a terminal.</summary>
/// <param name="Words">Wrapper, program and arguments; places that are known only then stand in them as tokens.</param>
/// <param name="Descriptors">Which descriptors the program needs, and the files behind them.</param>
/// <param name="Companions">What runs beside it.</param>
/// <param name="Notes">What a person must know of it: what it leaves out, what it writes to.</param>
/// <param name="WorkingDirectory">What relative paths are relative to.</param>
internal sealed record ManualCommand(
    IReadOnlyList<string> Words,
    IReadOnlyList<ManualDescriptor> Descriptors,
    IReadOnlyList<ManualCompanion> Companions,
    IReadOnlyList<string> Notes,
    string WorkingDirectory)
{
    /// <summary>Stands for the directory of sockets.</summary>
    public const string SocketDirectory = "@SOCKETS@";

    /// <summary>The environment variable by which a shell of QEMU's own finds the directory of the saved state, whatever is in its name.</summary>
    public const string StateEnvironment = "QEMU_KEPT_STATE";

    /// <summary>Stands for the directory of the saved state, as a property's value.</summary>
    public const string StateDirectory = "@STATE@";

    /// <summary>The machine as it boots. Disks are written to temporary files, so that running it leaves the images as they are.</summary>
    public static ManualCommand ForBoot(QemuMachine machine) => Render(machine, WithoutTemplate(machine.CurrentSpec));

    /// <summary>The machine as it was saved: it waits for its state.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="disks">For each writable image, the file that was saved of it; null: the image itself.</param>
    public static ManualCommand ForState(QemuMachine machine, IReadOnlyList<string?> disks)
    {
        int number = 0;
        QemuMachineSpec launched = machine.LaunchedSpec ?? machine.CurrentSpec;
        QemuMachineSpec spec = launched with
        {
            Options =
            [
                .. launched.Options.Where(option => option is not IncomingOption).Select(option => option switch
                {
                    MemoryFileOption memory => memory.InMemory(),
                    DiskOption { ReadOnly: false } disk when disks[number++] is { } saved => disk with { Image = InState(saved), Format = Qcow2Image.Format, Snapshot = true },
                    FlashOption { ReadOnly: false } flash when disks[number++] is { } saved => flash with { Image = InState(saved), Format = Qcow2Image.Format, Snapshot = true },
                    _ => option,
                }),
            ],
        };
        ManualCommand command = Render(machine, spec);
        return command with { Words = [.. command.Words, "-incoming", $"exec:cat \"${StateEnvironment}/{SavedState.MemoryFile}\""] };

        static string InState(string file) => $"{StateDirectory}/{file}";
    }

    /// <summary>A clone's command line waits for a state that is the template's: by hand it boots.</summary>
    private static QemuMachineSpec WithoutTemplate(QemuMachineSpec spec)
    {
        QemuMachineSpec boot = spec.Template is null ? spec : TemplateSpec.ForBoot(spec);
        return boot with
        {
            Options =
            [
                .. boot.Options.Select(option => option switch
                {
                    DiskOption { ReadOnly: false } disk => disk with { Snapshot = true },
                    FlashOption { ReadOnly: false } flash => flash with { Snapshot = true },
                    _ => option,
                }),
            ],
        };
    }

    private static ManualCommand Render(QemuMachine machine, QemuMachineSpec spec)
    {
        // What the test's surroundings chose, a person's terminal would choose otherwise.
        if (machine.Accelerator is { } accelerator && spec.Options.OfType<AcceleratorOption>().Any(option => option.Name == Accelerators.BestAvailable))
            spec = (spec with { Options = spec.Options.RemoveAll(option => option is AcceleratorOption) }).With(new AcceleratorOption(accelerator.Name));
        spec = spec with { Options = [.. spec.Options.Select(option => option is NetworkSegmentOption card ? new UnpluggedSegmentOption(card) : option)] };
        using var transport = new ManualTransport();
        var descriptors = new ManualDescriptors(spec);
        IReadOnlyList<string> arguments = spec.Render(transport, descriptors);
        IReadOnlyList<string> words = Resolve(spec, arguments);
        string[] monitor = transport.HasTerminal ? ["-mon", $"chardev={ManualTransport.TerminalConsole},mode=readline"] : ["-monitor", "stdio"];
        return new ManualCommand(
            [.. words.Select(word => WithoutTemporary(word, machine.KnownDirectory)), .. monitor],
            descriptors.Files,
            descriptors.Companions,
            ManualNotes.Of(spec, descriptors.Companions),
            Environment.CurrentDirectory);
    }

    private static IReadOnlyList<string> Resolve(QemuMachineSpec spec, IReadOnlyList<string> arguments)
    {
        try
        {
            return ProgramResolution.Resolve(spec, arguments);
        }
        catch (FileNotFoundException)
        {
            return [.. spec.Wrapper, spec.Binary, .. arguments]; // that is the failure: the script shows it too
        }
    }

    /// <summary>The machine's own directory goes with it; what was to be made there is made beside the sockets.</summary>
    private static string WithoutTemporary(string word, string? directory) =>
        directory is null ? word : word.Replace(directory, SocketDirectory, StringComparison.Ordinal);
}
