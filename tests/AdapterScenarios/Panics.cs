using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace Scenarios;

public sealed class Panics(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact]
    public async Task Waits_for_the_machine()
    {
        await vm.Machine.Console.SendLineAsync("kernel-panic");
        await vm.Machine.Console.WaitForAsync("what never comes", TimeSpan.FromMinutes(5));
    }

    [QemuFact]
    public async Task Swallows_it()
    {
        await vm.Machine.Console.SendLineAsync("kernel-panic");
        try
        {
            await vm.Machine.Console.WaitForAsync("what never comes", TimeSpan.FromMinutes(5));
        }
        catch (GuestPanicException)
        {
        }
    }

    [QemuFact]
    public async Task Waits_for_something_else_by_the_token_of_its_scope()
    {
        await vm.Machine.Console.SendLineAsync("kernel-panic");
        await Task.Delay(TimeSpan.FromMinutes(5), TestScope.Current!.CancellationToken);
    }

#if XUNIT_V3
    [QemuFact]
    public async Task Waits_for_something_else()
    {
        await vm.Machine.Console.SendLineAsync("kernel-panic");
        await Task.Delay(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
    }

    [QemuFact(Timeout = 200_000)]
    public async Task Waits_for_something_else_under_a_time_out()
    {
        await vm.Machine.Console.SendLineAsync("kernel-panic");
        await Task.Delay(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
    }
#endif
}

// With a machine of its own: what one test allows, the others on the machine do not hear of.
public sealed class PanicsOnPurpose(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact]
    public async Task Provokes_it()
    {
        using PanicAllowance allowance = vm.Machine.AllowPanics("not syncing: test");
        await vm.Machine.Console.SendLineAsync("kernel-panic");
        await allowance.WaitAsync();
    }
}

public sealed class PanicNobodyListensTo(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact(Timeout = 5000)]
    public async Task Times_out()
    {
        await vm.Machine.Console.SendLineAsync("kernel-panic");
        await Task.Delay(TimeSpan.FromSeconds(8), CancellationToken.None);
    }
}

public sealed class PanicsOfOwnMachines : QemuTest<RomVm>
{
    [Fact]
    public async Task Plain_fact_swallows_it()
    {
        await Machine.Console.SendLineAsync("kernel-panic");
        try
        {
            await Machine.Console.WaitForAsync("what never comes", TimeSpan.FromMinutes(5));
        }
        catch (GuestPanicException)
        {
        }
    }
}
