using System.Runtime.InteropServices;
using Qemu.Machine;

namespace DyingHost;

/// <summary>What a machine is at when its owner dies.</summary>
internal static class MachineState
{
    private const int SigStop = 19;

    public static async Task EnterAsync(QemuMachine machine, string state)
    {
        switch (state)
        {
            case "idle":
            case "companion":
                break;
            case "spin":
            case "hang":
                await machine.Console.SendLineAsync(state);
                break;
            case "flood":
                await machine.Console.SendLineAsync("flood 100000000");
                break;
            case "stopped":
                _ = Kill(machine.ProcessId!.Value, SigStop);
                break;
            default:
                throw new ArgumentException($"There is no state '{state}'.");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
