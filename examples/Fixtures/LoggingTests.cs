using Microsoft.Extensions.Logging;
using Qemu.Machine;
using Xunit;
using Xunit.Qemu;
using Xunit.Sdk;

namespace Fixtures;

public sealed class LoggingTests(ITestOutputHelper output)
{
    [QemuFact]
    public async Task Launch_is_logged_to_the_tests_output()
    {
        await using QemuMachine vm = new QemuMachineBuilder("qemu-system-x86_64")
            .WithMachine("none")
            .WithLogger(new TestOutputLogger(output, LogLevel.Debug))
            .Build();
        await vm.LaunchAsync();
        Assert.True(vm.IsRunning);
    }
}

public sealed class LoggingVm(IMessageSink messages) : QemuMachineFixture
{
    protected override void Configure(QemuMachineBuilder vm) => vm.WithMachine("none").WithLogger(new DiagnosticMessageLogger(messages));
}

public sealed class SharedLoggingTests(LoggingVm vm) : IClassFixture<LoggingVm>
{
    [QemuFact]
    public void Launch_is_logged_to_the_runners_diagnostic_messages() => Assert.True(vm.Machine.IsRunning);
}
