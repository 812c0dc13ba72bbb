using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

#if XUNIT_V3
[assembly: AssemblyFixture(typeof(Scenarios.AssemblyVm))]
[assembly: AssemblyFixture(typeof(Scenarios.UnusedAssemblyVm))]
#endif

namespace Scenarios;

public sealed class CollectionVm : RomVm;

public sealed class AssemblyVm : RomVm;

/// <summary>No test uses it, so it must not start: it could not.</summary>
public sealed class UnusedAssemblyVm : RomVm
{
    protected override void Configure(QemuMachineBuilder vm) => Environment.FailFast("the machine of an assembly fixture was started for nobody");
}

public sealed class ResetVm : RomVm
{
    protected override ResetPolicy Reset => ResetPolicy.BeforeEachTest;
}

public sealed class NeverVm : RomVm
{
    protected override ResetPolicy Reset => ResetPolicy.Never;
}

[CollectionDefinition("shared machine")]
public sealed class SharedMachineCollection : ICollectionFixture<CollectionVm>;

[Collection("shared machine")]
public sealed class CollectionTests(CollectionVm vm)
{
    [QemuFact]
    public void Passes() => Assert.True(vm.Machine.IsRunning);

    [QemuFact]
    public async Task Fails()
    {
        await RomVm.SayAsync(vm.Machine, "in the collection");
        Assert.Fail("on purpose");
    }
}

[Collection("shared machine")]
public sealed class CollectionTestsThatDoNotLook
{
    [QemuFact]
    public void Fails_without_evidence() => Assert.Fail("on purpose");
}

#if XUNIT_V3
public sealed class AssemblyTests(AssemblyVm vm)
{
    [QemuFact]
    public void Passes() => Assert.True(vm.Machine.IsRunning);

    [QemuFact]
    public async Task Fails()
    {
        await RomVm.SayAsync(vm.Machine, "in the assembly");
        Assert.Fail("on purpose");
    }
}
#endif

/// <summary>Each test finds the ROM's memory as it was.</summary>
public sealed class ResetTests(ResetVm vm) : IClassFixture<ResetVm>
{
    [QemuFact]
    public Task First() => FindsFreshMemoryAsync();

    [QemuFact]
    public Task Second() => FindsFreshMemoryAsync();

    private async Task FindsFreshMemoryAsync()
    {
        await vm.Machine.Console.SendLineAsync("peek 50000");
        await vm.Machine.Console.WaitForAsync("00\n");
        await vm.Machine.Console.SendLineAsync("poke 50000 5a");
        await vm.Machine.Console.WaitForAsync("ok\n");
    }
}

/// <summary>Each test ends the machine that the other needs.</summary>
public sealed class RepairTests(RomVm vm) : IClassFixture<RomVm>
{
    [QemuTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Breaks_its_machine(int round)
    {
        Assert.InRange(round, 1, 2);
        await vm.Machine.Console.SendLineAsync("poweroff");
        await QemuAssert.ShutsDownAsync(vm.Machine);
    }
}

/// <summary>Whichever row comes first ends the machine, and the other finds it ended.</summary>
public sealed class NeverResetTests(NeverVm vm) : IClassFixture<NeverVm>
{
    private static int s_tests;

    [QemuTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ends_its_machine(int round)
    {
        Assert.InRange(round, 1, 2);
        if (Interlocked.Increment(ref s_tests) == 2 && !Rendezvous.IsParallelRun)
            Assert.False(vm.Machine.IsRunning);
        await vm.Machine.KillAsync();
    }
}
