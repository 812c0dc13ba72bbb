using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace DiskPowerCut;

/// <summary>What a file system is worth shows when the power goes in the midst of writing.</summary>
public sealed class PowerCutTests : IDisposable
{
    private readonly string _image = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".img");

    public PowerCutTests()
    {
        using FileStream disk = File.Create(_image);
        disk.SetLength(64 * 1024 * 1024);
    }

    public void Dispose() => File.Delete(_image);

    [QemuFact(Requires = typeof(E2fsprogs))]
    public async Task File_that_was_synced_survives_a_power_cut_and_the_journal_mends_the_rest()
    {
        await using (QemuMachine before = (await Guests.LinuxAsync()).WithName("before").WithDisk(_image).Build())
        {
            await before.StartAsync();
            await RunAsync(before, "mkfs.ext4 -q /dev/vda && mount -t ext4 /dev/vda /mnt");
            await RunAsync(before, "echo precious >/mnt/synced && sync");

            // Small files without end; the power goes once it is well under way.
            await before.Shell.SendLineAsync("i=0; while :; do i=$((i+1)); echo $i >/mnt/$i; [ $i = 500 ] && echo \"WRITING\" ON; done");
            await before.Console.WaitForAsync("WRITING ON");
            await before.Faults.PowerCutAsync();
        }

        await using QemuMachine after = (await Guests.LinuxAsync()).WithName("after").WithDisk(_image).Build();
        await after.StartAsync();

        // 0: clean once the journal was replayed; 1: errors that could be corrected. More would be lost data.
        ShellResult check = await after.Shell.RunAsync("e2fsck -p /dev/vda");
        Assert.True(check.ExitCode <= 1, check.ToString());
        await RunAsync(after, "e2fsck -fn /dev/vda");
        await RunAsync(after, "mount -t ext4 /dev/vda /mnt");
        Assert.Equal("precious\n", (await after.Shell.RunAsync("cat /mnt/synced")).Output);
    }

    [QemuFact(Requires = typeof(E2fsprogs))]
    public async Task File_system_turns_read_only_when_its_journal_cannot_be_written()
    {
        await using QemuMachine machine = (await Guests.LinuxAsync()).WithDisk(_image).Build();
        await machine.StartAsync();
        await RunAsync(machine, "mkfs.ext4 -q /dev/vda && mount -t ext4 -o errors=remount-ro /dev/vda /mnt && echo kept >/mnt/file && sync");

        await using (await machine.Faults.InjectDiskFaultsAsync([new DiskFault(DiskOperation.Write)]))
        {
            await RunAsync(machine, "i=0; while touch /mnt/more$i; do sync; i=$((i+1)); done");
        }

        ShellResult write = await machine.Shell.RunAsync("touch /mnt/yet-another");
        Assert.Contains("Read-only file system", write.Error, StringComparison.Ordinal);
        Assert.Equal("kept\n", (await machine.Shell.RunAsync("cat /mnt/file")).Output);
    }

    private static async Task RunAsync(QemuMachine machine, string command) =>
        QemuAssert.Succeeded(await machine.Shell.RunAsync(command, TimeSpan.FromMinutes(2)), machine);
}
