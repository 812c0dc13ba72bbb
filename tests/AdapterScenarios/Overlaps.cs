using Qemu.Machine;
using Xunit;
using Xunit.Qemu;

#if XUNIT_V3
[assembly: AssemblyFixture(typeof(Scenarios.OverlapAssemblyVm))]
#endif

namespace Scenarios;

public sealed class OverlapCollectionVm : RomVm;

public sealed class OverlapAssemblyVm : RomVm;

[CollectionDefinition("overlaps")]
public sealed class OverlapCollection : ICollectionFixture<OverlapCollectionVm>;

/// <summary>Tests that use one machine at the same time, if the runner lets them: both fail, to show their evidence.</summary>
public abstract class Overlap(string where, QemuMachineFixture vm)
{
    [QemuFact]
    public Task First() => OverlapAsync("First");

    [QemuFact]
    public Task Second() => OverlapAsync("Second");

    private async Task OverlapAsync(string who)
    {
        await Rendezvous.OfTwoAsync(where + " begin"); // both have begun before either says a word
        await vm.Machine.Console.SendLineAsync($"say {who} in the {where}");
        await vm.Machine.Console.WaitForAsync($"{who} in the {where}\n", TimeSpan.FromMinutes(2));
        await Rendezvous.OfTwoAsync(where + " end"); // both have spoken before either ends
        throw new InvalidOperationException($"{who} on purpose");
    }
}

public sealed class OverlapInClass(RomVm vm) : Overlap("class", vm), IClassFixture<RomVm>;

[Collection("overlaps")]
public sealed class OverlapInCollection(OverlapCollectionVm vm) : Overlap("collection", vm);

#if XUNIT_V3
public sealed class OverlapInAssembly(OverlapAssemblyVm vm) : Overlap("assembly", vm);
#endif

/// <summary>On a machine of the overlapping tests' kind, but alone in its class: nobody else's words are its own.</summary>
public sealed class NoOverlap(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact]
    public async Task Alone()
    {
        await RomVm.SayAsync(vm.Machine, "all alone");
        throw new InvalidOperationException("on purpose");
    }
}
