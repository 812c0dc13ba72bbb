using Qemu.Machine;
using Xunit.Qemu;

namespace Scenarios;

public sealed class Flooded
{
    [QemuFact]
    public async Task Fails_after_50_megabytes()
    {
        string binary = Path.Combine(AppContext.BaseDirectory, "FakeQemu");
        await using QemuMachine vm = new QemuMachineBuilder(binary).WithName("flood").WithConsole().WithArguments("-fault", "console-flood-50m").Build();
        await vm.LaunchAsync();
        await vm.Console.WaitForAsync("flood over\n", TimeSpan.FromMinutes(2));
        throw new InvalidOperationException("on purpose");
    }
}
