using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>The machines of these tests: the test ROM in a real QEMU, and QEMUs that are none.</summary>
internal static class Machines
{
    public static string FakeQemu { get; } = Path.Combine(AppContext.BaseDirectory, "FakeQemu");

    /// <summary>QEMU with the test ROM on its console. Skips the test where there is no QEMU.</summary>
    public static QemuMachineBuilder Rom(string? tempRoot = null)
    {
        Assert.SkipUnless(Programs.Exists("qemu-system-x86_64"), "needs qemu-system-x86_64 on PATH");
        QemuMachineBuilder builder = new QemuMachineBuilder("qemu-system-x86_64")
            .WithMachine("pc").WithMemory("16M").WithAccelerator("tcg").WithFirmware(TestRom.Path)
            .WithDevice(TestRom.DebugExitDevice).WithConsole();
        return tempRoot is null ? builder : builder.WithTempRoot(tempRoot);
    }

    /// <summary>A program in QEMU's place that misbehaves: see tests/FakeQemu.</summary>
    public static QemuMachineBuilder Fake(string fault, string tempRoot) =>
        new QemuMachineBuilder(FakeQemu).WithConsole().WithTempRoot(tempRoot).WithArguments("-fault", fault);
}
