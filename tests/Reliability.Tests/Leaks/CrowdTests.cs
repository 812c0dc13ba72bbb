using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>Many machines at once in one process.</summary>
public sealed class CrowdTests
{
    [Fact]
    public async Task Many_machines_run_at_once_and_end_together()
    {
        int count = Soak.Count(sample: 30, full: 100);
        using var root = new TestDirectory();
        QemuMachine[] machines = [.. Enumerable.Range(0, count).Select(_ => Machines.Rom(root.Path).WithQmpTimeout(TimeSpan.FromMinutes(2)).Build())];

        await Task.WhenAll(machines.Select((machine, number) => TalkAsync(machine, number)));

        Assert.All(machines, static machine => Assert.True(machine.IsRunning));
        Assert.Equal(count, machines.Select(static machine => machine.ProcessId).Distinct().Count());
        await Task.WhenAll(machines.Select(static machine => machine.DisposeAsync().AsTask()));
        Assert.All(machines, static machine => Assert.Equal(MachineEndCause.Shutdown, machine.End!.Cause));
        Assert.Empty(root.Entries);
    }

    private static async Task TalkAsync(QemuMachine machine, int number)
    {
        await machine.LaunchAsync();
        await machine.Console.WaitForAsync(TestRom.Ready, TimeSpan.FromMinutes(2));
        await machine.Console.SendLineAsync($"I am {number}");
        await machine.Console.WaitForAsync($"echo: I am {number}\n", TimeSpan.FromMinutes(2));
    }
}
