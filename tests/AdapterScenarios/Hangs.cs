using Xunit;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>For a run that is killed in the middle of it.</summary>
public sealed class Hangs(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact]
    public async Task Until_it_is_killed()
    {
        // Runs of all scenarios pass it by.
        if (Environment.GetEnvironmentVariable("SCENARIO_HANGS") is null)
            return;
        await RomVm.SayAsync(vm.Machine, "last words");
        await vm.Machine.Qmp.ExecuteAsync("query-status");
        if (Environment.GetEnvironmentVariable("SCENARIO_HANGS") == "yes")
            await vm.Machine.Console.WaitForAsync("what never comes", Timeout.InfiniteTimeSpan);
    }
}
