using Qemu.Testing;

namespace FirmwareRiscV64;

/// <summary>The firmware under test, from Debian's package; without it the tests are skipped.</summary>
public sealed class UBoot : IQemuRequirement
{
    public const string Image = "/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf";

    public string Name => "U-Boot";

    public Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken) => Task.FromResult(
        File.Exists(Image) ? RequirementResult.Met : RequirementResult.Unmet($"there is no {Image}: apt-get install u-boot-qemu"));
}
