using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>One machine for the class; the order of the tests is not fixed, so each says what is its own.</summary>
public sealed class SharedMachine(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact]
    public async Task Passes()
    {
        await RomVm.SayAsync(vm.Machine, "only in the passing test");
    }

    [QemuFact]
    public async Task Fails()
    {
        await RomVm.SayAsync(vm.Machine, "only in the failing test");
        await QemuAssert.ConsoleShowsAsync(vm.Machine, "what never comes", TimeSpan.FromMilliseconds(50));
    }

    [QemuFact]
    public async Task Fails_with_hostile_output()
    {
        await vm.Machine.Console.SendLineAsync("raw 5d5d3e1b5b33316d7265641b5b306d00fffefdc328efbfbfefbfbe0d0a3c212d2d20262061667465720d0a");
        await vm.Machine.Console.WaitForAsync("after\n");
        throw new InvalidOperationException("on purpose");
    }

    [QemuFact]
    public async Task Fails_with_a_hostile_message()
    {
        await vm.Machine.Console.SendLineAsync("raw 5d5d3e1b5b33316d7265641b5b306d00fffefdc328efbfbfefbfbe0d0a");
        await vm.Machine.Console.WaitForAsync("red");
        await vm.Machine.Console.WaitForAsync("what never comes", TimeSpan.FromMilliseconds(50), ConsoleMark.Start);
    }

    [QemuTheory]
    [InlineData("first row")]
    [InlineData("../../second\0row]]>")]
    public async Task Fails_for_each_row(string text)
    {
        await RomVm.SayAsync(vm.Machine, $"row of {text.Length}");
        throw new InvalidOperationException("on purpose");
    }

    [Fact]
    public void Plain_fact_uses_the_machine() => Assert.True(vm.Machine.IsRunning);
}
