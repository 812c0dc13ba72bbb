using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>Things that go wrong before a test's method is called.</summary>
public sealed class InitializeThrows(RomVm vm) : IClassFixture<RomVm>, IAsyncLifetime
{
    public async LifetimeTask InitializeAsync()
    {
        await RomVm.SayAsync(vm.Machine, "while the class is initialised");
        await QemuAssert.ConsoleShowsAsync(vm.Machine, "what never comes", TimeSpan.FromMilliseconds(50));
    }

    public LifetimeTask DisposeAsync() => LifetimeTask.CompletedTask;

    [QemuFact]
    public void Qemu_fact() => Assert.Fail("never runs");
}

/// <summary>Whichever row comes first builds a machine in its constructor, and throws; the other finds that machine ended.</summary>
public sealed class MachineOfAConstructorThatThrows
{
    private static QemuMachine? s_machine;

    public MachineOfAConstructorThatThrows()
    {
        if (s_machine is not null)
            return;
        s_machine = RomVm.Describe(new QemuMachineBuilder("qemu-system-x86_64")).Build();
        s_machine.StartAsync().GetAwaiter().GetResult();
        throw new InvalidOperationException("thrown with a machine built");
    }

    [QemuTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Is_ended_with_the_test(int row)
    {
        Assert.InRange(row, 1, 2);
        for (int attempt = 0; s_machine!.IsRunning && attempt < 600; attempt++)
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        Assert.False(s_machine.IsRunning);
    }
}
