namespace Qemu.Machine;

/// <summary>All rules, in the order in which they are asked; the first that knows its case wins. A new rule is a class in Rules and a line here.</summary>
internal static class LaunchRules
{
    public static IReadOnlyList<LaunchRule> All { get; } =
    [
        // Never started.
        new ProgramMissingRule(),
        new TempDirectoryRule(),
        new DaemonizeRule(),

        // Ended by a signal: what QEMU wrote before then is beside the point, but for what it wrote as it died.
        new OutOfMemoryRule(),
        new KilledRule(),
        new KvmAbsentRule(),
        new KvmDeniedRule(),
        new KvmBusyRule(),
        new KvmUnusableRule(),
        new ModuleMismatchRule(),
        new ChardevInUseRule(),
        new CrashRule(),

        // Alive, but without QMP.
        new WaitingForConnectionRule(),
        new WrapperWithoutQemuRule(),
        new StoppedRule(),

        // Asked to do something else.
        new InformationRule(),

        // The program.
        new LibraryMissingRule(),
        new ProgramFormatRule(),

        // The command line as such.
        new OptionUnknownRule(),
        new OptionArgumentMissingRule(),

        // Machine and CPU.
        new MachineTypeRule(),
        new CpuModelRule(),
        new CpuHostRule(),
        new CpuFeatureRule(),
        new SmpRule(),

        // Accelerators.
        new AcceleratorUnknownRule(),

        // Devices.
        new DeviceUnknownRule(),
        new DeviceNotPluggableRule(),
        new BusMissingRule(),
        new DriveNotSetRule(),
        new DriveSlotRule(),
        new DriveInterfaceRule(),

        // Networks.
        new NetdevTypeRule(),
        new NicModelRule(),
        new HostForwardRule(),
        new TapRule(),
        new VfioRule(),

        // Images: what they are, before whether they are there.
        new ImageLockedRule(),
        new ImageFormatRule(),
        new ImageDriverRule(),
        new ImageNotAFileRule(),

        // Firmware is given as an image, so it is looked for first.
        new FirmwareMissingRule(),
        new ImageMissingRule(),
        new FirmwareInvalidRule(),

        // Kernels.
        new KernelMissingRule(),
        new KernelInvalidRule(),
        new KernelOptionRule(),

        // Limits and rights.
        new PermissionRule(),
        new DiskFullRule(),
        new TooManyFilesRule(),

        // Addresses and paths.
        new PortInUseRule(),
        new ConnectionRefusedRule(),
        new ChardevTypeRule(),
        new SocketPathRule(),
        new SharedFolderRule(),
        new PathMissingRule(),

        // Memory.
        new MemoryRule(),
        new MemorySizeRule(),

        // Displays.
        new PackageRule(),
        new DisplayRule(),
        new VgaRule(),

        // The rest.
        new SnapshotRule(),
        new IncomingRule(),
        new DescriptorRule(),
        new UserUnknownRule(),

        // Names within the command line.
        new ReferenceMissingRule(),
        new DuplicateIdRule(),

        // What fits many cases comes last.
        new ChoiceUnknownRule(),
        new ParameterMissingRule(),
        new ParameterValueRule(),
        new ParameterUnknownRule(),

        // Little to go by.
        new WrapperFailedRule(),
        new GuestEndedRule(),
    ];
}
