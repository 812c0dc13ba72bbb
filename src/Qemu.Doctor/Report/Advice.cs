using Qemu.Machine;

namespace Qemu.Doctor;

/// <summary>What to install or change.</summary>
internal static class Advice
{
    public static IEnumerable<string> For(IReadOnlyList<QemuHost> hosts, IReadOnlyList<HelperReport> helpers, KvmDevice kvm)
    {
        foreach (QemuHost host in hosts)
        {
            if (!host.IsAvailable)
                yield return $"{host.Binary}: {string.Join("; ", host.Problems)} {QemuPackages.AdviceFor(Path.GetFileName(host.Binary))}".TrimEnd();
            else if (host.Problems.Count > 0)
                yield return $"{host.Binary}: not all could be found out. {string.Join("; ", host.Problems)}";
        }

        if (ForKvm(hosts, kvm) is { } advice)
            yield return "KVM: " + advice;
        foreach (HelperReport helper in helpers.Where(helper => helper.Path is null))
        {
            yield return helper.Name switch
            {
                "UEFI firmware" => "UEFI firmware: on Debian and Ubuntu: sudo apt-get install ovmf. On Fedora: sudo dnf install edk2-ovmf.",
                "busybox" => "busybox: on Debian and Ubuntu: sudo apt-get install busybox-static. On Fedora: sudo dnf install busybox.",
                _ => $"{helper.Name}: {QemuPackages.AdviceFor(helper.Name)}",
            };
        }
    }

    private static string? ForKvm(IReadOnlyList<QemuHost> hosts, KvmDevice kvm)
    {
        QemuAccelerator? accelerator = hosts.Select(host => host.Accelerator(Accelerators.Kvm)).FirstOrDefault(found => found is not null);
        if (accelerator is null or { IsUsable: true })
            return null;
        return kvm switch
        {
            { Exists: false } => "there is no /dev/kvm. Load kvm_intel or kvm_amd, and switch virtualization on in the firmware, or nested virtualization in the hypervisor below. Guests run on TCG meanwhile, several times slower.",
            { IsAccessible: false } => "sudo usermod -aG kvm $USER, and log in again. Guests run on TCG meanwhile, several times slower.",
            _ => $"{accelerator.Reason}. Nested virtualization is the usual reason; guests run on TCG, several times slower.",
        };
    }
}
