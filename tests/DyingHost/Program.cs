using System.Globalization;
using Qemu.Machine;

namespace DyingHost;

/// <summary>
/// A process that owns machines and dies. <c>DyingHost ROM TEMPROOT STATE[*COUNT] DEATH [WRAPPER…]</c>: launches machines, one by default, brings each into a state
/// (<c>idle</c>, <c>spin</c>, <c>hang</c>, <c>flood</c>, <c>stopped</c>), prints <c>ready PID</c> for each once all are there, and dies as told: <c>wait</c> for a signal,
/// <c>exit</c>, <c>failfast</c>, <c>overflow</c>, <c>throw</c>. State <c>churn</c> launches and ends machines for ever. Each machine is named after the temp root.
/// State <c>companion</c> is <c>idle</c> with a program beside QEMU that is stopped and deaf.
/// <c>DyingHost ROM CACHE template MEMORYDIRECTORY</c>: builds a template, step by step: see <see cref="TemplateBuilder"/>.
/// <c>DyingHost ROM CACHE templates TEMPROOT</c>: templates and clones, for ever.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments[2] == "template")
            return await TemplateBuilder.RunAsync(arguments[0], arguments[1], arguments[3]);
        if (arguments[2] == "templates")
            await TemplateChurn.RunAsync(arguments[0], arguments[1], arguments[3]);
        (string rom, string root, string death) = (arguments[0], arguments[1], arguments[3]);
        string[] state = arguments[2].Split('*');
        if (state[0] == "churn")
            await ChurnAsync(rom, root);

        var machines = new List<QemuMachine>();
        for (int left = state.Length > 1 ? int.Parse(state[1], CultureInfo.InvariantCulture) : 1; left > 0; left--)
        {
            QemuMachine machine = Build(rom, root, arguments[4..], withCompanion: state[0] == "companion");
            machines.Add(machine);
            await machine.LaunchAsync();
            await machine.Console.WaitForAsync("TESTROM READY");
            await MachineState.EnterAsync(machine, state[0]);
        }

        foreach (QemuMachine machine in machines)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ready {machine.ProcessId}"));
        await Console.Out.FlushAsync();
        int result = await Death.DieAsync(death);
        GC.KeepAlive(machines);
        return result;
    }

    private static QemuMachine Build(string rom, string root, IEnumerable<string> wrapper, bool withCompanion = false)
    {
        string name = Path.GetFileName(root);
        QemuMachineBuilder builder = new QemuMachineBuilder("qemu-system-x86_64")
            .WithMachine("pc").WithMemory("16M").WithAccelerator("tcg").WithFirmware(rom).WithConsole()
            .WithTempRoot(root).WithWrapper(wrapper).WithArguments("-name", name);
        return (withCompanion ? builder.WithCompanion("deaf", "sh", "-c", "trap : HUP INT TERM; kill -STOP $$; sleep 1000", "companion-of-" + name) : builder).Build();
    }

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
