using Xunit;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>Holds a machine until it is told to let go: for runs beside each other that share one place. In a run of all scenarios nobody tells it, and it passes.</summary>
public sealed class WaitingRoom(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact]
    public async Task Holds_a_machine()
    {
        Assert.True(vm.Machine.IsRunning);
        if (Environment.GetEnvironmentVariable("SCENARIO_HOLDS") is not { Length: > 0 } file)
            return;
        await File.WriteAllTextAsync(file, Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));

        // Under a runner that gives its tests no terminal nobody can tell it: it holds on for ever.
        if (await Task.Run(Console.In.ReadLine) is null)
            await new TaskCompletionSource().Task;
    }
}
