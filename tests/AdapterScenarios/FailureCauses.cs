#if XUNIT_V3
using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace Scenarios;

public sealed class FailureCauses(ITestOutputHelper output) : IDisposable
{
    public void Dispose() => output.WriteLine($"cause: {TestContext.Current.TestState?.FailureCause}");

    [QemuFact]
    public async Task Assertion()
    {
        await using QemuMachine vm = RomVm.Describe(new QemuMachineBuilder("qemu-system-x86_64")).Build();
        await QemuAssert.LaunchFailsAsync(vm, "nonsense");
    }
}
#endif
