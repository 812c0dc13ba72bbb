using System.Net;

namespace Qemu.Machine;

/// <summary>What a wrapper in front of QEMU rules out, and the words for it.</summary>
internal static class WrapperRules
{
    private const string Elsewhere =
        "A wrapper that moves QEMU to another host needs TCP: .WithQmpEndPoint(new IPEndPoint(address, port)). No lifeline, descriptors or templates reach that far.";

    /// <exception cref="QemuConfigurationException">The wrapper cannot work with what else is asked for.</exception>
    public static void Check(QemuMachineSpec spec)
    {
        if (spec.Wrapper is not [var program, ..])
            return;
        bool hasChannels = spec.QmpEnabled || spec.Consoles.Any();
        if (spec.QmpEndPoint is IPEndPoint)
        {
            if (spec.Options.Any(option => option is CompanionOption or SharedDirectoryOption { Kind: SharedDirectoryKind.VirtioFs }))
                throw new QemuConfigurationException($"Behind the wrapper '{program}' QEMU may run elsewhere, as its QMP endpoint is TCP: a companion cannot be beside it. Leave out .WithCompanion(…) and directories shared by virtiofs, or the endpoint.");
            if (spec.Options.OfType<FileDescriptorOption>().Any())
                throw new QemuConfigurationException($"Behind the wrapper '{program}' QEMU may run elsewhere, as its QMP endpoint is TCP: descriptors cannot be handed to it. Leave out .WithFileDescriptor(…), or the endpoint.");
        }
        else if (hasChannels && Path.GetFileName(program) == "ssh")
        {
            throw new QemuConfigurationException(Elsewhere);
        }
    }

    /// <summary>What else to say when a launch behind a wrapper failed; null for nothing.</summary>
    public static string? Advice(QemuMachineSpec spec, string log) =>
        spec.Wrapper is [var program, ..]
        && ChannelAddresses.Of(spec, "") is null
        && log.Contains("descriptor", StringComparison.OrdinalIgnoreCase)
            ? $"The wrapper '{program}' seems to close the descriptors that QEMU's channels are: give them a place with .WithSocketDirectory(…). {Elsewhere}"
            : null;
}
