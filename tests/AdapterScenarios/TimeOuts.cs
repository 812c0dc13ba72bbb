using Qemu.Machine;
using Xunit;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>In a class of their own: they take as long as their time-outs.</summary>
public sealed class TimeOuts(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact(Timeout = 8000)]
    public async Task Times_out()
    {
        await vm.Machine.Console.SendLineAsync("say before the time-out");
        await vm.Machine.Console.WaitForAsync("before the time-out\n");
        await vm.Machine.Console.WaitForAsync("what never comes", Timeout.InfiniteTimeSpan);
    }

    [QemuFact(Timeout = 8000)]
    public async Task Times_out_without_listening()
    {
        await RomVm.SayAsync(vm.Machine, "before the deaf time-out");
        await Task.Delay(TimeSpan.FromSeconds(12), CancellationToken.None);
    }
}

/// <summary>Many, because what a body does at its time-out runs beside what xUnit.net does.</summary>
public sealed class ManyTimeOuts(RomVm vm) : IClassFixture<RomVm>
{
    public static TheoryData<int> Rows { get; } = [.. Enumerable.Range(0, 12)];

    [QemuTheory(Timeout = 400)]
    [MemberData(nameof(Rows))]
    public async Task Times_out(int row)
    {
        await RomVm.SayAsync(vm.Machine, $"row {row}");
        await vm.Machine.Console.WaitForAsync("what never comes", Timeout.InfiniteTimeSpan);
    }
}

#if XUNIT_V3
public sealed class CancelsItself(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact(Timeout = 200_000)]
    public async Task And_passes()
    {
        await RomVm.SayAsync(vm.Machine, "before it is cancelled");
        TestContext.Current.CancelCurrentTest();
    }
}
#endif
