namespace Benchmarks;

/// <summary>The QEMU that everything is measured with.</summary>
internal static class QemuBinary
{
    public static string Path { get; } = "/usr/bin/" + Qemu.Machine.QemuMachineBuilder.DefaultBinary;
}
