using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>The machines that most tests use.</summary>
internal static class Machines
{
    public const string Binary = "qemu-system-x86_64";

    /// <summary>For what must not take long and never does, however busy the host is.</summary>
    public static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    /// <summary>A machine without a guest: QEMU and QMP, up in some 50 ms.</summary>
    public static QemuMachineBuilder Empty(string binary = Binary) => new QemuMachineBuilder(binary).WithMachine("none");

    /// <summary>A machine with the test ROM as its guest, and a console to it.</summary>
    public static QemuMachineBuilder Rom(string machine = "pc", string binary = Binary) => RomWithoutConsole(machine, binary).WithConsole();

    public static QemuMachineBuilder RomWithoutConsole(string machine = "pc", string binary = Binary) => new QemuMachineBuilder(binary)
        .WithMachine(machine)
        .WithAccelerator("tcg")
        .WithMemory("16M")
        .WithFirmware(TestRom.Path)
        .WithDevice(TestRom.DebugExitDevice)
        .ReadyWhen(Readiness.Console(TestRom.Ready));
}
