using Qemu.Machine;

namespace Tests.Qemu.Machine;

public sealed class MachineResetTests : IDisposable
{
    private readonly TemplateHome _home = new();
    private MachineReset? _reset;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Machine_with_a_template_is_cloned_anew()
    {
        await using QemuMachine machine = _home.Describe().Build();

        MachineStart reset = await ResetAfterPokeAsync(machine);

        Assert.Equal((MachineStartKind.Clone, null), (reset.Kind, reset.Reason));
        Assert.Equal("5a", await machine.PeekAsync());
    }

    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Machine_without_a_template_loads_a_snapshot_of_itself(string version)
    {
        await using QemuMachine machine = RomMachine.Describe("pc", QemuVersions.Binary(version)).ReadyWhen(RomMachine.ReadyWithPoke("5a")).Build();

        MachineStart reset = await ResetAfterPokeAsync(machine);
        int? process = machine.ProcessId;
        Assert.Equal("5a", await machine.PeekAsync());
        await machine.PokeAsync("22");
        MachineStart second = await _reset!.ResetAsync(Token);

        Assert.Equal(MachineStartKind.Snapshot, reset.Kind);
        Assert.Contains("WithTemplate", reset.Reason);
        Assert.Equal(MachineStartKind.Snapshot, second.Kind);
        Assert.Equal(process, machine.ProcessId);
        Assert.Equal("5a", await machine.PeekAsync());
    }

    [Fact]
    public async Task Events_of_a_snapshot_are_none_of_a_tests()
    {
        await using QemuMachine machine = RomMachine.Describe().ReadyWhen(RomMachine.ReadyWithPoke("5a")).Build();

        MachineStart reset = await ResetAfterPokeAsync(machine);

        Assert.Equal(MachineStartKind.Snapshot, reset.Kind);
        Assert.DoesNotContain(machine.Events.TakeAll(), qmpEvent => qmpEvent.Name is "JOB_STATUS_CHANGE" or "STOP" or "RESUME");
    }

    [Fact]
    public async Task Snapshot_brings_disks_back_too()
    {
        string image = _home.WriteFile("disk.img", new byte[1024 * 1024]);
        await using QemuMachine machine = RomMachine.Describe().WithDisk(image, snapshot: true).Build();
        await machine.StartAsync(Token);
        var reset = new MachineReset(machine);
        await reset.PrepareAsync(Token);
        await DiskProbe.WriteAsync(machine, "disk0", "0x5a", 0);

        MachineStart start = await reset.ResetAsync(Token);

        Assert.Equal(MachineStartKind.Snapshot, start.Kind);
        await DiskProbe.HoldsAsync(machine, "disk0", "0", 0);
    }

    [Fact]
    public async Task Machine_that_can_do_neither_boots_and_says_why()
    {
        string image = _home.WriteFile("disk.img", new byte[1024 * 1024]);
        await using QemuMachine machine = RomMachine.Describe().WithDisk(image).ReadyWhen(RomMachine.ReadyWithPoke("5a")).Build();

        MachineStart reset = await ResetAfterPokeAsync(machine);

        Assert.Equal(MachineStartKind.Boot, reset.Kind);
        Assert.Contains("does not support", reset.Reason);
        Assert.Contains("WithTemplate", reset.Reason);
        Assert.Equal("5a", await machine.PeekAsync());
    }

    [Fact]
    public async Task Machine_that_cannot_be_saved_names_the_device_that_keeps_it_from_being_quick()
    {
        await using QemuMachine machine = _home.Describe().WithDevice("nvme,serial=x").Build();

        MachineStart reset = await ResetAfterPokeAsync(machine);

        Assert.Equal(MachineStartKind.FallbackBoot, reset.Kind);
        Assert.Contains("nvme", reset.Reason);
        Assert.Equal("5a", await machine.PeekAsync());
    }

    [Fact]
    public async Task Machine_that_died_is_ready_again_after_a_reset()
    {
        await using QemuMachine machine = RomMachine.Describe().ReadyWhen(RomMachine.ReadyWithPoke("5a")).Build();
        await machine.StartAsync(Token);
        var reset = new MachineReset(machine);
        await reset.PrepareAsync(Token);
        await machine.KillAsync();

        MachineStart start = await reset.ResetAsync(Token);
        MachineStart next = await reset.ResetAsync(Token);

        Assert.Equal(MachineStartKind.Boot, start.Kind);
        Assert.Equal(MachineStartKind.Snapshot, next.Kind);
        Assert.Equal("5a", await machine.PeekAsync());
    }

    private async Task<MachineStart> ResetAfterPokeAsync(QemuMachine machine)
    {
        await machine.StartAsync(Token);
        _reset = new MachineReset(machine);
        await _reset.PrepareAsync(Token);
        await machine.PokeAsync("11");
        return await _reset.ResetAsync(Token);
    }
}
