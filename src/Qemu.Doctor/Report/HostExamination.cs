using System.Runtime.InteropServices;
using Qemu.Machine;
using Qemu.Testing;

namespace Qemu.Doctor;

/// <summary>Looks at the host.</summary>
internal static class HostExamination
{
    /// <param name="programs">The programs to look at; empty: the one for this host's architecture and all others on PATH.</param>
    /// <param name="settings">Where to look.</param>
    public static async Task<HostReport> RunAsync(IReadOnlyList<string> programs, QemuTestSettings settings)
    {
        if (programs.Count == 0)
            programs = [QemuMachineBuilder.DefaultBinary, .. QemuPackages.InstalledPrograms().Where(name => name != QemuMachineBuilder.DefaultBinary).Order(StringComparer.Ordinal)];
        var hosts = new List<QemuHost>();
        foreach (string program in programs)
            hosts.Add(await QemuHost.ProbeAsync(program, settings.Machine).ConfigureAwait(false));
        HelperReport[] helpers =
        [
            Helper("qemu-img", "makes and converts disk images", settings),
            Helper("busybox", "the programs of small Linux guests (statically linked)", settings),
            new HelperReport("UEFI firmware", UefiFirmware.FindInstalled(), "guests that boot by UEFI"),
        ];
        KvmDevice kvm = KvmDevice.Read();
        return new HostReport(
            IsFit: hosts[0].Accelerators.Any(accelerator => accelerator.IsUsable),
            RuntimeInformation.OSDescription + ", " + RuntimeInformation.OSArchitecture,
            kvm switch
            {
                { Exists: false } => "not there",
                { IsAccessible: false } => $"there, but {Environment.UserName} may not open it (mode {kvm.Mode})",
                _ => $"there, and {Environment.UserName} may open it",
            },
            HostCache.DirectoryOf(settings.Machine),
            [.. hosts.Select(ProgramReport.Of)],
            helpers,
            [.. Advice.For(hosts, helpers, kvm)]);
    }

    private static HelperReport Helper(string name, string use, QemuTestSettings settings) =>
        new(name, ExecutableLookup.Find(name, settings.BinaryDirectory, out _), use);
}
