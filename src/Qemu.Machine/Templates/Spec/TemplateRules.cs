using System.Net;

namespace Qemu.Machine;

/// <summary>What a specification must not have if a template is to be made of it.</summary>
internal static class TemplateRules
{
    private static readonly Version s_readOnlyMemory = new(8, 2);

    private static readonly Dictionary<string, string> s_typed = new()
    {
        ["-m"] = ".WithMemory(…)",
        ["-numa"] = ".WithMemory(…)",
        ["-mem-path"] = ".WithMemory(…)",
        ["-machine"] = ".WithMachine(…)",
        ["-M"] = ".WithMachine(…)",
        ["-drive"] = ".WithDisk(…), .WithCdrom(…) or .WithFlash(…)",
        ["-blockdev"] = ".WithDisk(…), .WithCdrom(…) or .WithFlash(…)",
        ["-hda"] = ".WithDisk(…)",
        ["-hdb"] = ".WithDisk(…)",
        ["-hdc"] = ".WithDisk(…)",
        ["-hdd"] = ".WithDisk(…)",
        ["-sd"] = ".WithDisk(…)",
        ["-mtdblock"] = ".WithDisk(…)",
        ["-fda"] = ".WithDisk(…)",
        ["-fdb"] = ".WithDisk(…)",
        ["-snapshot"] = ".WithDisk(…)",
        ["-pflash"] = ".WithFlash(…)",
    };

    /// <summary>Whether QEMU can map memory copied on write from a file that it opened for reading only.</summary>
    public static bool CanOpenMemoryReadOnly(Version qemu) => qemu >= s_readOnlyMemory;

    /// <exception cref="QemuConfigurationException">It has; the message names the method to use instead.</exception>
    public static void Check(QemuMachineSpec spec)
    {
        if (!spec.QmpEnabled)
            throw Refuse("a machine without QMP cannot be saved", "leave out .WithoutQmp()");
        if (spec.QmpEndPoint is IPEndPoint)
            throw Refuse("the state's file is handed to QEMU over QMP, and TCP cannot carry it", "use a Unix socket for .WithQmpEndPoint(…), or none");
        if (spec.Options.OfType<GdbServerOption>().Any(gdb => gdb.WaitForDebugger))
            throw Refuse("a machine that waits for a debugger never becomes ready by itself", "leave out waitForDebugger");
        if (spec.Options.OfType<CompanionOption>().FirstOrDefault() is { } companion)
            throw Refuse($"what the companion '{companion.Name}' knows cannot be saved with it", "leave out .WithCompanion(…), or the template");
        if (spec.Options.OfType<SharedDirectoryOption>().Any(share => share.Kind == SharedDirectoryKind.VirtioFs))
            throw Refuse("a directory shared by virtiofs cannot be saved with it", "share it by 9p and mount it after the start, or leave out the template");
        _ = GuestMemorySize.Of(spec);
        for (int i = 0; i < spec.Arguments.Length; i++)
            CheckArgument(spec.Arguments[i], i + 1 < spec.Arguments.Length ? spec.Arguments[i + 1] : "");
    }

    /// <summary>As <see cref="Check(QemuMachineSpec)"/>, for a template that later runs are to find again.</summary>
    /// <exception cref="QemuConfigurationException">It has; the message names what to change.</exception>
    public static void CheckCacheable(QemuMachineSpec spec)
    {
        Check(spec);
        if (spec.Options.OfType<FileDescriptorOption>().Any())
            throw Refuse("what is behind a descriptor of .WithFileDescriptor(…) cannot be told apart from run to run", "use QemuTemplate.CreateAsync, which keeps nothing");
    }

    /// <summary>Before 8.2 these devices give memory back by punching holes into the template's file, under every other clone.</summary>
    /// <exception cref="QemuConfigurationException">The machine has one, and QEMU is too old.</exception>
    public static void Check(QemuMachineSpec spec, Version qemu)
    {
        if (CanOpenMemoryReadOnly(qemu))
            return;
        string? device = spec.Options.OfType<DeviceOption>().Select(option => option.Device).Concat(spec.Arguments)
            .FirstOrDefault(text => text.StartsWith("virtio-balloon", StringComparison.Ordinal) || text.StartsWith("virtio-mem", StringComparison.Ordinal));
        if (device is not null)
            throw Refuse($"'{device}' gives memory back in a way that QEMU {qemu} cannot keep from the template's memory", "leave it out, or use QEMU 8.2 or newer");
    }

    private static void CheckArgument(string argument, string value)
    {
        string option = argument.StartsWith("--", StringComparison.Ordinal) ? argument[1..] : argument;
        if (s_typed.TryGetValue(option, out string? method))
            throw Refuse($"the raw argument '{argument}' hides from the template what it has to know", $"use {method} instead");
        if (option is "-object" && value.StartsWith("memory-backend", StringComparison.Ordinal))
            throw Refuse($"the raw argument '{argument} {value}' takes the memory's place", "use .WithMemory(…) instead");
        if (option is "-incoming" or "-loadvm" or "-S" or "-preconfig")
            throw Refuse($"the raw argument '{argument}' decides how the machine starts", "leave it out");
    }

    private static QemuConfigurationException Refuse(string problem, string advice) =>
        new($"No template can be made of this machine: {problem}; {advice}.");
}
