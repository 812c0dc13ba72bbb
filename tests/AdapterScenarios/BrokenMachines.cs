using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace Scenarios;

public sealed class UnlaunchableVm : RomVm
{
    protected override void Configure(QemuMachineBuilder vm) => Describe(vm).WithDevice("nonsense");
}

public sealed class NeverReadyVm : RomVm
{
    protected override void Configure(QemuMachineBuilder vm) =>
        Describe(vm).ReadyWhen(Readiness.Console("what never comes"), TimeSpan.FromSeconds(2));
}

public sealed class FixtureLaunchFails(UnlaunchableVm vm) : IClassFixture<UnlaunchableVm>
{
    [QemuFact]
    public void Qemu_fact() => Assert.True(vm.Machine.IsRunning);

    [QemuFact]
    public void Qemu_fact_that_does_not_look() => Assert.NotNull(vm);

    [Fact]
    public void Plain_fact() => Assert.True(vm.Machine.IsRunning);
}

public sealed class FixtureLaunchFailsInConstructor : IClassFixture<UnlaunchableVm>
{
    private readonly QemuMachine _machine;

    public FixtureLaunchFailsInConstructor(UnlaunchableVm vm) => _machine = vm.Machine;

    [QemuFact]
    public void Qemu_fact() => Assert.True(_machine.IsRunning);
}

public sealed class FixtureIsNeverReady(NeverReadyVm vm) : IClassFixture<NeverReadyVm>
{
    [QemuFact]
    public void Qemu_fact() => Assert.True(vm.Machine.IsRunning);
}

public sealed class ConstructorThrows : IClassFixture<RomVm>
{
    public ConstructorThrows(RomVm vm)
    {
        // On the pool: with one thread for all tests, what continues on that thread would wait for this constructor.
        Task.Run(() => RomVm.SayAsync(vm.Machine, "in the constructor")).GetAwaiter().GetResult();
        throw new InvalidOperationException("thrown by the constructor");
    }

    [QemuFact]
    public void Qemu_fact() => Assert.Fail("never runs");
}

public sealed class OwnMachines : QemuTest<RomVm>
{
    [QemuFact]
    public async Task Passes()
    {
        await Machine.Console.SendLineAsync("poweroff");
        await QemuAssert.ShutsDownAsync(Machine);
        Assert.Equal(0, Machine.ExitCode);
    }

    [QemuFact]
    public async Task Fails()
    {
        await RomVm.SayAsync(Machine, "own machine");
        Assert.Fail("on purpose");
    }

    [Fact]
    public async Task Plain_fact_fails()
    {
        await RomVm.SayAsync(Machine, "own plain machine");
        Assert.Fail("on purpose");
    }
}

public sealed class OwnMachineLaunchFails : QemuTest<UnlaunchableVm>
{
    [QemuFact]
    public void Qemu_fact() => Assert.True(Machine.IsRunning);

    [QemuFact]
    public void Qemu_fact_that_does_not_look()
    {
    }

    [Fact]
    public void Plain_fact() => Assert.True(Machine.IsRunning);
}

public sealed class BuiltInTests
{
    [QemuFact]
    public async Task Forgets_its_machine()
    {
        QemuMachine vm = RomVm.Describe(new QemuMachineBuilder("qemu-system-x86_64")).Build();
        await vm.StartAsync();
    }

    [QemuFact]
    public async Task Fails_after_disposal()
    {
        await using (QemuMachine vm = RomVm.Describe(new QemuMachineBuilder("qemu-system-x86_64")).Build())
            await vm.StartAsync();
        Assert.Fail("on purpose");
    }

    [QemuFact(Binary = "qemu-system-nowhere")]
    public void Skipped() => Assert.Fail("never runs");
}

public sealed class NowhereVm : RomVm
{
    protected override string Binary => "qemu-system-nowhere";
}

public sealed class FixtureCannotRunHere(NowhereVm vm) : IClassFixture<NowhereVm>
{
    [QemuFact]
    public void Qemu_fact() => Assert.True(vm.Machine.IsRunning);

    [Fact]
    public void Plain_fact() => Assert.True(vm.Machine.IsRunning);
}
