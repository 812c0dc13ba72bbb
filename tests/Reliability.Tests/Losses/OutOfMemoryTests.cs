using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>A QEMU that the kernel kills for lack of memory is named as such.</summary>
public sealed class OutOfMemoryTests
{
    [Fact]
    public async Task Qemu_that_runs_out_of_its_groups_memory_is_named_as_such()
    {
        using var group = new MemoryGroup(megabytes: 96);
        using var root = new TestDirectory();
        await using QemuMachine machine = Machines.Rom(root.Path).WithWrapper("sh", "-c", group.JoinScript, "sh").Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);
        await machine.Console.WaitForAsync(TestRom.Ready);

        QemuExitedException end = await Assert.ThrowsAsync<QemuExitedException>(() => machine.Qmp.ExecuteAsync(
            "object-add",
            new { qom_type = "memory-backend-ram", id = "more", size = 512L << 20, prealloc = true }));

        Assert.Equal(9, end.End.TerminatingSignal);
        Assert.Contains("for lack of memory", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qemu_that_somebody_killed_is_not_said_to_be_out_of_memory()
    {
        using var root = new TestDirectory();
        await using QemuMachine machine = Machines.Rom(root.Path).Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);

        ProcessDescriptor.Signal(machine.ProcessId!.Value, 9);

        QemuExitedException end = await Assert.ThrowsAsync<QemuExitedException>(() => machine.Console.WaitForAsync("never"));
        Assert.DoesNotContain("lack of memory", end.Message, StringComparison.Ordinal);
    }
}
