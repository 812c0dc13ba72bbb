using Qemu.Testing;

namespace DiskPowerCut;

/// <summary>The tests take these programs from the host; without them they are skipped.</summary>
public sealed class E2fsprogs : IQemuRequirement
{
    public const string MakeFileSystem = "/sbin/mkfs.ext4";

    public const string Check = "/sbin/e2fsck";

    public string Name => "e2fsprogs";

    public Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken) => Task.FromResult(
        File.Exists(MakeFileSystem) && File.Exists(Check) ? RequirementResult.Met : RequirementResult.Unmet($"there is no {MakeFileSystem}: apt-get install e2fsprogs"));
}
