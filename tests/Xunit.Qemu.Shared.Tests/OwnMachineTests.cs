using Qemu.Machine;
using Qemu.Testing;
using Xunit.Qemu;

namespace Tests.Xunit.Qemu;

public sealed class OwnMachineTests : QemuTest<RomVm>
{
    private bool _wasReady;

    [QemuTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Each_test_has_a_machine_of_its_own(int round)
    {
        Assert.True(_wasReady);
        Assert.Contains(Machine, TestScope.Current!.Machines);
        await Machine.Console.SendLineAsync("id");
        ConsoleMatch match = await Machine.Console.WaitForAsync(new System.Text.RegularExpressions.Regex("boots=(?<boots>[0-9]+) "));
        Assert.Equal("1", match.Regex!.Groups["boots"].Value);
        await Machine.Console.SendLineAsync($"poke 5000{round} 5a");
    }

    [Fact]
    public void Plain_fact_has_one_too() => Assert.True(Machine.IsRunning);

    protected override async Task OnReadyAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        await machine.Qmp.ExecuteAsync("query-status", cancellationToken);
        _wasReady = true;
    }
}
