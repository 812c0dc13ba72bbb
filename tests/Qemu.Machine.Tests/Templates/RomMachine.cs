using System.Text.RegularExpressions;
using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>Machines with the test ROM as their guest, and what tests ask of it.</summary>
internal static partial class RomMachine
{
    /// <summary>RAM that the ROM leaves alone.</summary>
    public const string Address = "50000";

    public static QemuMachineBuilder Describe(string machine = "pc", string binary = "qemu-system-x86_64") => new QemuMachineBuilder(binary)
        .WithMachine(machine)
        .WithMemory("32M")
        .WithAccelerator("tcg")
        .WithFirmware(TestRom.Path)
        .WithConsole()
        .ReadyWhen(Readiness.Console(TestRom.Ready));

    /// <summary>Types a command and gives the line that answers it.</summary>
    public static async Task<string> AskAsync(this QemuMachine machine, string command)
    {
        ConsoleMark before = machine.Console.Mark;
        await machine.Console.SendLineAsync(command);
        ConsoleMatch line = await machine.Console.WaitForAsync(Line(), from: before);
        return line.Text.Trim();
    }

    [GeneratedRegex("[^\n]+\n")]
    private static partial Regex Line();

    public static async Task PokeAsync(this QemuMachine machine, string value) =>
        Assert.Equal("ok", await machine.AskAsync($"poke {Address} {value}"));

    public static Task<string> PeekAsync(this QemuMachine machine) => machine.AskAsync("peek " + Address);

    /// <summary>Ready when the ROM has answered a poke: what is in the template's memory is then known.</summary>
    public static Readiness ReadyWithPoke(string value) => Readiness.All(
        Readiness.Console(TestRom.Ready),
        Readiness.When("poke " + value, (machine, _) => machine.PokeAsync(value)));
}
