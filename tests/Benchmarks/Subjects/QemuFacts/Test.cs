global using Test = Xunit.Qemu.QemuFactAttribute;

using Qemu.Machine;
using Xunit;
using Xunit.Qemu;

namespace Subjects;

/// <summary>One machine for all tests of a collection.</summary>
public abstract class SharedByAll : ICollectionFixture<EmptyVm>;

/// <summary>The smallest machine there is.</summary>
public sealed class EmptyVm : QemuMachineFixture
{
    /// <inheritdoc/>
    protected override void Configure(QemuMachineBuilder vm) => vm.WithMachine("none");
}
