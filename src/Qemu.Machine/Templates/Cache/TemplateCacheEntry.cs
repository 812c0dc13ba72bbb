namespace Qemu.Machine;

/// <summary>A template in the cache.</summary>
/// <param name="Key">The hash of all that it depends on.</param>
/// <param name="Machine">The machine, in words.</param>
/// <param name="QemuVersion">The QEMU that saved it.</param>
/// <param name="CreatedAt">When it was built.</param>
/// <param name="LastUsedAt">When it was last used.</param>
/// <param name="BootDuration">How long the machine took to boot then.</param>
/// <param name="Size">What it takes of the host's file systems, in bytes.</param>
public sealed record TemplateCacheEntry(
    string Key,
    string Machine,
    Version QemuVersion,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    TimeSpan BootDuration,
    long Size);
