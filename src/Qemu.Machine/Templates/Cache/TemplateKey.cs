using System.Globalization;
using System.Reflection;
using System.Text;

namespace Qemu.Machine;

/// <summary>A hash of all that a template depends on: when any of it changes, another template is needed.</summary>
internal static class TemplateKey
{
    private static readonly string s_library =
        typeof(TemplateKey).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <exception cref="IOException">An image cannot be read.</exception>
    public static Task<string> ComputeAsync(QemuMachineSpec spec, ContentHashes hashes, CancellationToken cancellationToken) =>
        ComputeAsync(spec, hashes, s_library, HostProcessor(), cancellationToken);

    /// <summary>The same for another version of this library, or another host.</summary>
    internal static async Task<string> ComputeAsync(QemuMachineSpec spec, ContentHashes hashes, string library, string hostProcessor, CancellationToken cancellationToken)
    {
        // What "the best available" stands for may change from boot to boot, and a template with it.
        (spec, _) = await AcceleratorPolicy.ResolveAsync(spec, cancellationToken).ConfigureAwait(false);
        var text = new StringBuilder();
        Append("library", library);
        Append("qemu", await QemuProgram.IdentifyAsync(spec, cancellationToken).ConfigureAwait(false));
        Append("readiness", spec.Readiness?.Description ?? "launched");
        Append("memory", spec.Template?.MemoryDirectory ?? "");
        if (!AcceleratorPolicy.IsOnlyTcg(spec))
            Append("host", hostProcessor);

        using var channels = new NamedChannels();
        foreach (string argument in TemplateSpec.ForBuilding(spec, new TemplateFiles("files", "memory")).Render(channels, channels))
            Append("argument", argument);
        foreach (string file in Files(spec))
            Append(file, await hashes.GetAsync(file, cancellationToken).ConfigureAwait(false));
        return TemplateHash.Of(text.ToString());

        void Append(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name}\0{value}\0");
    }

    private static IEnumerable<string> Files(QemuMachineSpec spec) =>
        spec.Options.SelectMany(Candidates)
            .Concat(spec.Arguments.SelectMany(Words))
            .OfType<string>()
            .Where(IsFile)
            .SelectMany(WithBackingFiles);

    private static IEnumerable<string?> Candidates(QemuOption option) => option switch
    {
        KernelOption kernel => [kernel.Kernel, kernel.Initrd],
        FirmwareOption firmware => [firmware.Image],
        FlashOption flash => [flash.Image],
        DiskOption disk => [disk.Image],
        CdromOption cdrom => [cdrom.Image],
        DeviceOption device => [.. Words(device.Device)],
        _ => [],
    };

    /// <summary>What might be a file in <c>loader,file=image.bin,addr=0</c>.</summary>
    private static string[] Words(string argument) => argument.Split([',', '=']);

    private static bool IsFile(string path) => File.Exists(path) && FileIdentity.Of(path).IsRegular;

    private static IEnumerable<string> WithBackingFiles(string image)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal); // one that backs itself is QEMU's to refuse
        for (string? file = image; file is not null && seen.Add(file); file = Qcow2Header.Read(file)?.BackingFile)
            yield return file;
    }

    /// <summary>A state saved on real hardware's CPU loads on the like of it only.</summary>
    private static string HostProcessor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) ?? "";
}
