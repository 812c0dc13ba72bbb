using System.Globalization;

namespace Qemu.Machine;

/// <summary>The state of <c>/dev/kvm</c> for this user.</summary>
/// <param name="Exists">Whether it is there.</param>
/// <param name="IsAccessible">Whether this process may open it for reading and writing. That proves nothing about guests.</param>
/// <param name="Mode">Its permissions in octal; empty when it is not there.</param>
internal sealed record KvmDevice(bool Exists, bool IsAccessible, string Mode)
{
    public const string Path = "/dev/kvm";

    public static KvmDevice Read()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Path))
            return new KvmDevice(Exists: false, IsAccessible: false, "");
        return new KvmDevice(Exists: true, Libc.CanReadAndWrite(Path), Convert.ToString((int)File.GetUnixFileMode(Path), 8));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Path} exists={Exists} accessible={IsAccessible} mode={Mode}");
}
