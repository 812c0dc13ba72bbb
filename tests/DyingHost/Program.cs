using System.Globalization;
using Qemu.Machine;

namespace DyingHost;

/// <summary>
/// A process that owns machines and dies. <c>DyingHost ROM TEMPROOT STATE DEATH [WRAPPER…]</c>: launches a machine, brings it into a state
/// (<c>idle</c>, <c>spin</c>, <c>hang</c>, <c>flood</c>, <c>stopped</c>), prints <c>ready PID</c>, and dies as told: <c>wait</c> for a signal,
/// <c>exit</c>, <c>failfast</c>, <c>overflow</c>, <c>throw</c>. State <c>churn</c> launches and ends machines for ever.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        (string rom, string root, string state, string death) = (arguments[0], arguments[1], arguments[2], arguments[3]);
        if (state == "churn")
            await ChurnAsync(rom, root);

        QemuMachine machine = Build(rom, root, arguments[4..]);
        await machine.LaunchAsync();
        await machine.Console.WaitForAsync("TESTROM READY");
        await MachineState.EnterAsync(machine, state);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ready {machine.ProcessId}"));
        await Console.Out.FlushAsync();
        return await Death.DieAsync(death);
    }

    private static QemuMachine Build(string rom, string root, IEnumerable<string> wrapper) =>
        new QemuMachineBuilder("qemu-system-x86_64")
            .WithMachine("pc").WithMemory("16M").WithAccelerator("tcg").WithFirmware(rom).WithConsole()
            .WithTempRoot(root).WithWrapper(wrapper)
            .Build();

    private static async Task ChurnAsync(string rom, string root)
    {
        Console.WriteLine("ready 0");
        await Console.Out.FlushAsync();
        while (true)
        {
            await using QemuMachine one = Build(rom, root, []);
            await using QemuMachine two = Build(rom, root, []);
            await Task.WhenAll(one.LaunchAsync(), two.LaunchAsync());
            await one.Console.WaitForAsync("TESTROM READY");
            await one.KillAsync();
        }
    }
}
