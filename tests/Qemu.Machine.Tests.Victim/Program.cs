using System.Runtime.InteropServices;
using Qemu.Machine;
using Tests.Qemu.Machine;

// victim TEMP_ROOT COUNT KIND: launches machines under that root, prints "PID…" and "READY", then waits to be killed.
// KIND is one of: plain, stopped (QEMU is SIGSTOPped), wrapped (QEMU is the child of a wrapper), companion (a stopped program runs beside QEMU), unready (to be killed in
// the middle of launches, over and over).
// victim CACHE 0 template ROM MEMORY_DIRECTORY: builds a template, prints "BOOTED" before it is saved, waits for a line, and prints how its machine came up.
string root = args[0];
int count = int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture);
string kind = args[2];

if (kind == "template")
{
    await using QemuMachine machine = TemplateOfTwo.Describe(root, args[3], args[4], async () =>
    {
        Console.WriteLine("BOOTED");
        await Console.In.ReadLineAsync();
    }).Build();
    await machine.StartAsync();
    Console.WriteLine(machine.LatestStart!.Kind);
    return;
}

if (kind == "unready")
{
    Console.WriteLine("READY");
    while (true)
    {
        await using QemuMachine restless = Machine();
        await restless.LaunchAsync();
        await restless.KillAsync();
    }
}

var machines = new List<QemuMachine>();
for (int i = 0; i < count; i++)
{
    QemuMachine machine = Machine();
    await machine.LaunchAsync();
    machines.Add(machine);
    Console.WriteLine(machine.ProcessId);
    if (kind == "stopped" && Native.kill(machine.ProcessId!.Value, Native.SigStop) != 0)
        throw new InvalidOperationException("kill failed");
}

Console.WriteLine("READY");
await Task.Delay(Timeout.Infinite);
GC.KeepAlive(machines);

QemuMachine Machine()
{
    QemuMachineBuilder builder = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("none").WithTempRoot(root).WithConsole().WithArguments("-name", Path.GetFileName(root));
    if (kind == "companion")
        builder.WithCompanion("deaf", "sh", "-c", "trap : HUP INT TERM; kill -STOP $$; sleep 1000", "companion-of-" + Path.GetFileName(root));
    return (kind == "wrapped" ? builder.WithWrapper("sh", "-c", "\"$@\" & wait $!", "sh") : builder).Build();
}

internal static class Native
{
    public const int SigStop = 19;

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
#pragma warning disable SYSLIB1054, CA5392
    internal static extern int kill(int pid, int signal);
}
