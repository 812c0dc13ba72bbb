using Qemu.Machine;
using Qemu.Qmp;
using Tests.Qemu.Machine.Shell;

namespace Tests.Qemu.Machine.Faults;

public sealed class MachineFaultsTests
{
    [Fact(Timeout = 60_000)]
    public async Task Guest_is_paused_resumed_reset_and_interrupted()
    {
        await using QemuMachine machine = await StartRomAsync();

        await machine.Faults.PauseAsync();
        Assert.Equal("paused", await StatusAsync(machine));
        await machine.Faults.ResumeAsync();
        Assert.Equal("running", await StatusAsync(machine));

        await machine.Faults.NmiAsync();
        await machine.Console.WaitForAsync("NMI");

        await machine.Faults.ResetAsync();
        await machine.Console.WaitForAsync(TestRom.Ready);
        await machine.Console.SendLineAsync("id");
        await machine.Console.WaitForAsync("boots=2");
    }

    [Fact(Timeout = 60_000)]
    public async Task Power_cut_ends_the_machine_at_once()
    {
        await using QemuMachine machine = await StartRomAsync();

        await machine.Faults.PowerCutAsync();

        Assert.Equal(MachineEndCause.Killed, machine.End!.Cause);
    }

    [Fact(Timeout = 60_000)]
    public async Task Device_that_the_guest_does_not_let_go_of_times_out()
    {
        await using QemuMachine machine = await StartRomAsync();
        HotPluggedDevice device = await machine.Faults.PlugAsync("virtio-rng-pci", new Dictionary<string, object?> { ["bus"] = "port0" });

        var error = await Assert.ThrowsAsync<QemuTimeoutException>(() => device.UnplugAsync(TimeSpan.FromMilliseconds(300)));

        Assert.Contains(device.Id, error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Device_is_plugged_and_unplugged_under_linux()
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).WithDevice("pcie-root-port,id=port0,slot=1").Build();
        await machine.StartAsync();

        HotPluggedDevice device = await machine.Faults.PlugAsync("virtio-rng-pci", new Dictionary<string, object?> { ["bus"] = "port0" });
        (await machine.Shell.RunAsync("until grep -q 0x1044 /sys/bus/pci/devices/*/device; do sleep 0.1; done")).EnsureSucceeded();
        await device.UnplugAsync(TimeSpan.FromSeconds(60));

        Assert.False((await machine.Shell.RunAsync("grep -q 0x1044 /sys/bus/pci/devices/*/device")).Succeeded);
    }

    [Fact(Timeout = 300_000)]
    public async Task Disk_gives_errors_where_it_was_told_to()
    {
        string image = Path.GetTempFileName();
        await using (FileStream file = File.OpenWrite(image))
            file.SetLength(1 << 20);
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync())
            .WithFaultyDisk(image, new DiskFault(DiskOperation.Read, Sector: 800), new DiskFault(DiskOperation.Write))
            .Build();
        await machine.StartAsync();

        (await machine.Shell.RunAsync("dd if=/dev/vda of=/dev/null bs=4096 count=1 iflag=direct")).EnsureSucceeded();
        ShellResult read = await machine.Shell.RunAsync("dd if=/dev/vda of=/dev/null bs=4096 skip=100 count=1 iflag=direct");
        ShellResult write = await machine.Shell.RunAsync("dd if=/dev/zero of=/dev/vda bs=4096 count=1 oflag=direct");

        Assert.Contains("Input/output error", read.Error, StringComparison.Ordinal);
        Assert.Contains("Input/output error", write.Error, StringComparison.Ordinal);
        await machine.ShutdownAsync();
        File.Delete(image);
    }

    [Fact(Timeout = 300_000)]
    public async Task Disk_of_a_running_machine_gives_errors_only_while_it_is_told_to()
    {
        using var root = new TempRoot();
        string image = root.File("disk.raw");
        await using (FileStream file = File.Create(image))
            file.SetLength(1 << 20);
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).WithDisk(image).Build();
        await machine.StartAsync();
        const string read = "dd if=/dev/vda of=/dev/null bs=4096 skip=100 count=1 iflag=direct";
        const string write = "dd if=/dev/zero of=/dev/vda bs=4096 count=1 oflag=direct";
        (await machine.Shell.RunAsync($"{read} && {write}")).EnsureSucceeded();

        for (int time = 0; time < 2; time++)
        {
            await using (await machine.Faults.InjectDiskFaultsAsync([new DiskFault(DiskOperation.Read, Sector: 800), new DiskFault(DiskOperation.Write, Once: true)]))
            {
                (await machine.Shell.RunAsync("dd if=/dev/vda of=/dev/null bs=4096 count=1 iflag=direct")).EnsureSucceeded();
                Assert.Contains("Input/output error", (await machine.Shell.RunAsync(read)).Error, StringComparison.Ordinal);
                Assert.Contains("Input/output error", (await machine.Shell.RunAsync(read)).Error, StringComparison.Ordinal);
                Assert.Contains("Input/output error", (await machine.Shell.RunAsync(write)).Error, StringComparison.Ordinal);
                (await machine.Shell.RunAsync(write)).EnsureSucceeded();
                await Assert.ThrowsAsync<QmpCommandException>(() => machine.Faults.InjectDiskFaultsAsync([]));
            }

            (await machine.Shell.RunAsync($"{read} && {write}")).EnsureSucceeded();
        }

        InjectedDiskFaults left = await machine.Faults.InjectDiskFaultsAsync([new DiskFault(DiskOperation.Read)]);
        var error = await Assert.ThrowsAsync<QemuConfigurationException>(() => machine.Faults.InjectDiskFaultsAsync([], disk: 1));
        Assert.Contains("has no disk 1: it has 1", error.Message, StringComparison.Ordinal);
        await machine.ShutdownAsync();
        await left.DisposeAsync();
    }

    [Fact(Timeout = 300_000)]
    public async Task Nmi_panics_a_linux_that_was_told_to()
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).Build();
        await machine.StartAsync();
        (await machine.Shell.RunAsync("echo 1 >/proc/sys/kernel/unknown_nmi_panic")).EnsureSucceeded();
        using PanicAllowance allowance = machine.AllowPanics("NMI");

        await machine.Faults.NmiAsync();

        Assert.StartsWith("Kernel panic - not syncing: NMI", (await allowance.WaitAsync()).Title, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Clock_starts_where_it_was_set()
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).WithClock(new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero)).Build();
        await machine.StartAsync();

        Assert.Equal("2031-02-03\n", (await machine.Shell.RunAsync("date -u +%F")).Output);
    }

    private static async Task<string?> StatusAsync(QemuMachine machine) =>
        (await machine.Qmp.ExecuteAsync("query-status")).GetProperty("status").GetString();

    private static async Task<QemuMachine> StartRomAsync()
    {
        QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithMemory("16M").WithAccelerator("tcg")
            .WithFirmware(TestRom.Path).WithConsole().WithDevice("pcie-root-port,id=port0,slot=1")
            .ReadyWhen(Readiness.Console(TestRom.Ready)).Build();
        await machine.StartAsync();
        return machine;
    }
}
