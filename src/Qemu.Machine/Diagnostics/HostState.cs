using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>Facts of the host that cost next to nothing to read; each is read when a rule asks for it.</summary>
internal class HostState
{
    public static HostState Instance { get; } = new();

    public virtual KvmDevice Kvm => KvmDevice.Read();

    public virtual string User => Environment.UserName;

    /// <summary>The host's architecture in QEMU's words.</summary>
    public virtual string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>Memory in MiB that programs can still get, as the kernel estimates; null when it does not say.</summary>
    public virtual long? AvailableMemory => MemoryInfo("MemAvailable:");

    /// <summary>Memory in MiB, all of it.</summary>
    public virtual long? TotalMemory => MemoryInfo("MemTotal:");

    private static long? MemoryInfo(string field)
    {
        try
        {
            string? line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
            return line is not null && long.TryParse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), out long kilobytes) ? kilobytes / 1024 : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
