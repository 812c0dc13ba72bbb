using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>Asks of the host, or of the fixture's machine, what they have not.</summary>
public sealed class Requirements(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact(Binary = "qemu-system-x86_64", Device = "isa-debug-exit", MinimumVersion = "7.0", Requires = typeof(DebugExit))]
    public void Met() => Assert.True(vm.Machine.IsRunning);

    [QemuFact(Binary = "qemu-system-x86_64", Device = "isa-debug-exti")]
    public void Device() => Assert.Fail("never runs");

    [QemuFact(Binary = "qemu-system-x86_64", MachineType = "pc98")]
    public void MachineType() => Assert.Fail("never runs");

    [QemuFact(Binary = "qemu-system-x86_64", MinimumVersion = "99.0")]
    public void Version() => Assert.Fail("never runs");

    [QemuTheory(Binary = "qemu-system-x86_64", Accelerator = "no-such-accelerator")]
    [InlineData(1)]
    public void Accelerator(int row) => Assert.Fail($"never runs, row {row}");

    [QemuFact(Requires = typeof(SoundCard))]
    public void Machine_of_the_fixture() => Assert.Fail("never runs");
}

public sealed class DebugExit : MachineHas
{
    protected override string Model => "isa-debug-exit";
}

public sealed class SoundCard : MachineHas
{
    protected override string Model => "intel-hda";
}

/// <summary>The fixture's machine has a device; of the host it asks nothing.</summary>
public abstract class MachineHas : IQemuRequirement
{
    public string Name => $"a machine with {Model}";

    protected abstract string Model { get; }

    public Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken) => Task.FromResult(
        context.Specification is not { } machine || machine.Options.OfType<DeviceOption>().Any(option => option.Device == Model || option.Device.StartsWith(Model + ",", StringComparison.Ordinal))
            ? RequirementResult.Met
            : RequirementResult.Unmet("it has none"));
}
