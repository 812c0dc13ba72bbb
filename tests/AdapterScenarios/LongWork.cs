using Qemu.Machine;
using Tests;
using Xunit;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>A machine that takes its time to be ready, when a run asks for that.</summary>
public class SlowVm : RomVm
{
    protected static bool IsSlow => Environment.GetEnvironmentVariable("SCENARIO_LONG_WORK") is not null;

    protected override void Configure(QemuMachineBuilder vm)
    {
        base.Configure(vm);
        if (IsSlow)
            vm.ReadyWhen(Readiness.All(Readiness.Console(TestRom.Ready + "\n"), Readiness.When("its homework", static (_, token) => Task.Delay(TimeSpan.FromSeconds(7), token))));
    }
}

/// <summary>The same, from a template.</summary>
public sealed class SlowTemplateVm : SlowVm
{
    protected override void Configure(QemuMachineBuilder vm)
    {
        base.Configure(vm);
        if (IsSlow)
            vm.WithTemplate();
    }
}

/// <summary>Waits for its fixture.</summary>
public sealed class LongWork(SlowVm vm) : IClassFixture<SlowVm>
{
    [QemuFact]
    public void Passes() => Assert.True(vm.Machine.IsRunning);
}

/// <summary>Waits for the template of its machines.</summary>
public sealed class LongWorkOnATemplate : QemuTest<SlowTemplateVm>
{
    [QemuFact]
    public void Passes() => Assert.True(Machine.IsRunning);
}
