using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>Writes and reads a machine's disks as a guest's requests would.</summary>
internal static class DiskProbe
{
    public static async Task WriteAsync(QemuMachine machine, string drive, string pattern, int offset) =>
        Assert.Contains("wrote 512/512", await QemuIoAsync(machine, drive, $"write -P {pattern} {offset} 512"));

    public static async Task HoldsAsync(QemuMachine machine, string drive, string pattern, int offset)
    {
        string answer = await QemuIoAsync(machine, drive, $"read -P {pattern} {offset} 512");
        Assert.DoesNotContain("failed", answer);
        Assert.Contains("read 512/512", answer);
    }

    /// <summary>The monitor prints what such a command answers to QEMU's own output.</summary>
    private static async Task<string> QemuIoAsync(QemuMachine machine, string drive, string command)
    {
        int before = machine.Log.Length;
        await machine.Qmp.ExecuteAsync(
            "human-monitor-command",
            new Dictionary<string, object?> { ["command-line"] = $"qemu-io {drive} \"{command}\"" });
        return machine.Log[before..];
    }
}
