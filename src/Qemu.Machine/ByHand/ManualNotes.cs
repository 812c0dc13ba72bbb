using System.Globalization;

namespace Qemu.Machine;

/// <summary>What a machine that is run by hand has not, or does otherwise than the reader may expect: plain sentences.</summary>
internal static class ManualNotes
{
    private static readonly string[] s_imageOptions =
        ["-drive", "-blockdev", "-hda", "-hdb", "-hdc", "-hdd", "-sd", "-mtdblock", "-fda", "-fdb", "-pflash"];

    private static readonly string[] s_harmless = ["snapshot=on", "readonly=on", "read-only=on", "media=cdrom"];

    public static IReadOnlyList<string> Of(QemuMachineSpec spec, IReadOnlyList<ManualCompanion> companions) =>
    [
        .. spec.Options.Select(Of).OfType<string>(),
        .. companions.Where(companion => companion.Words.Count == 0).Select(companion =>
            $"Its companion {companion.Name} is not started: only a program can hand a socket on. What takes its place connects to {companion.Name}.sock, beside the QMP socket."),
        .. WrittenImages(spec).Select(image => $"What the guest writes by \"{image}\" stays: that is an argument of the test's own."),
    ];

    private static string? Of(QemuOption option) => option switch
    {
        UnpluggedSegmentOption segment => $"Its network card {segment.Card.MacAddress} is on a network without anybody: the segment {segment.Card.Network.Name} was the test's.",
        FileDescriptorOption { Behind.Path: null } descriptor => string.Create(CultureInfo.InvariantCulture, $"What was behind fdset {descriptor.FdSet} cannot be opened again: it is /dev/null."),
        FileDescriptorOption { Behind.Access: not Libc.O_RDONLY } descriptor => string.Create(CultureInfo.InvariantCulture, $"What the guest writes to {descriptor.Behind.Path} by fdset {descriptor.FdSet} stays."),
        FaultyDiskOption disk => $"What the guest writes to {disk.Image} stays; the disk fails as it did in the test.",
        SharedDirectoryOption { ReadOnly: false } share => $"What the guest writes to {Path.GetFullPath(share.HostPath)}, shared as {share.Tag}, stays.",
        _ => null,
    };

    private static IEnumerable<string> WrittenImages(QemuMachineSpec spec)
    {
        if (spec.Arguments.Contains("-snapshot"))
            yield break;
        for (int i = 0; i + 1 < spec.Arguments.Length; i++)
        {
            string value = spec.Arguments[i + 1];
            if (s_imageOptions.Contains(spec.Arguments[i]) && !s_harmless.Any(harmless => value.Contains(harmless, StringComparison.Ordinal)))
                yield return $"{spec.Arguments[i]} {value}";
        }
    }
}
