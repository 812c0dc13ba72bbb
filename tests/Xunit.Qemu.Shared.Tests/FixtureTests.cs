using Qemu.Machine;
using Qemu.Testing;
using Xunit.Qemu;

namespace Tests.Xunit.Qemu;

public sealed class FixtureTests : IClassFixture<RomVm>
{
    private readonly RomVm _vm;
    private readonly TestScope? _scopeOfConstructor;

    public FixtureTests(RomVm vm)
    {
        _vm = vm;
        _scopeOfConstructor = TestScope.Current;
    }

    [QemuFact]
    public async Task Machine_is_ready_when_a_test_begins()
    {
        await _vm.Machine.Console.SendLineAsync("say hello");
        await _vm.Machine.Console.WaitForAsync("hello");
        Assert.Contains("ready", _vm.Calls);
    }

    [QemuFact]
    public async Task Test_has_one_scope_from_its_constructor_on()
    {
        TestScope? scope = TestScope.Current;

        Assert.NotNull(scope);
        Assert.Same(_scopeOfConstructor, scope);
        Assert.Same(scope, await Task.Run(() => TestScope.Current));
        Assert.Same(scope, MachineScope.Current);
        Assert.Equal(nameof(Test_has_one_scope_from_its_constructor_on), scope.Test.MethodName);
        Assert.Equal("net10.0", scope.Test.TargetFramework);
        Assert.Contains(_vm.Machine, scope.Machines);
    }

    [QemuTheory]
    [InlineData("a row")]
    public void Row_of_a_theory_has_an_identity_of_its_own(string text)
    {
        Assert.Equal($"(text: \"{text}\")", TestScope.Current!.Test.Row);
        Assert.Contains("Row_of_a_theory_has_an_identity_of_its_own(text_a_row)-", TestScope.Current.ArtifactDirectory, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_fact_has_no_scope_and_gets_the_machine_as_it_is()
    {
        Assert.Null(_scopeOfConstructor);
        Assert.Null(TestScope.Current);
        Assert.True(_vm.Machine.IsRunning);
    }

    [QemuFact]
    public async Task Clone_is_another_machine_of_the_same_specification_and_belongs_to_the_test()
    {
        await using QemuMachine clone = await _vm.CloneAsync();

        Assert.NotSame(_vm.Machine, clone);
        Assert.NotEqual(_vm.Machine.ProcessId, clone.ProcessId);
        Assert.Contains(clone, TestScope.Current!.Machines);
        Assert.Contains("ready", _vm.Calls);
        await clone.Console.SendLineAsync("say from the clone");
        await clone.Console.WaitForAsync("from the clone");
    }

    [QemuFact]
    public void Builder_in_a_test_starts_from_the_settings_of_the_run() =>
        Assert.Equal(QemuTestSettings.Current.Machine, new QemuMachineBuilder("qemu-system-x86_64").Spec.Settings);
}
