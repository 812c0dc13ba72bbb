using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Qemu.Machine;
using Xunit.Qemu;
#if XUNIT_V3
using Xunit.Sdk;
using TestOutputHelper = Xunit.v3.TestOutputHelper;
#else
using TestOutputHelper = Xunit.Sdk.TestOutputHelper;
#endif

namespace Tests.Xunit.Qemu;

public sealed class LoggerTests(ITestOutputHelper output)
{
    [QemuFact]
    public async Task Log_of_a_machine_is_in_the_output_of_the_test()
    {
        await using QemuMachine vm = RomVm.Describe(new QemuMachineBuilder("qemu-system-x86_64"))
            .WithLogger(new TestOutputLogger(output, LogLevel.Debug)).Build();
        await vm.StartAsync();

        string text = ((TestOutputHelper)output).Output;
        Assert.Contains($"info: Machine {vm.Name} was booted", text, StringComparison.Ordinal);
        Assert.Contains("dbug: ", text, StringComparison.Ordinal);
        Assert.Contains("qemu-system-x86_64 -display none", text, StringComparison.Ordinal);
    }

    [QemuFact]
    public async Task Log_of_a_machine_is_told_in_diagnostic_messages()
    {
        var sink = new CollectingSink();
        await using QemuMachine vm = RomVm.Describe(new QemuMachineBuilder("qemu-system-x86_64")).WithLogger(new DiagnosticMessageLogger(sink)).Build();
        await vm.StartAsync();

        Assert.Contains(sink.Messages, message => message.Contains($"Machine {vm.Name} was booted", StringComparison.Ordinal));
        Assert.DoesNotContain(sink.Messages, message => message.Contains("dbug", StringComparison.Ordinal));
    }

    [Fact]
    public void Logging_after_the_end_of_the_test_is_no_error()
    {
        var logger = new TestOutputLogger(new TestOutputHelper()); // as it is before a test and after it
        Assert.ThrowsAny<Exception>(() => new TestOutputHelper().WriteLine("the output itself refuses"));

        logger.LogError(new InvalidOperationException("on purpose"), "too late");
    }

    [Fact]
    public void Logging_after_the_end_of_the_run_is_no_error() =>
        new DiagnosticMessageLogger(new CollectingSink { IsClosed = true }).LogError("too late");

    [QemuFact]
    public async Task Machine_that_outlives_its_logger_ends_in_order()
    {
        await using QemuMachine vm = RomVm.Describe(new QemuMachineBuilder("qemu-system-x86_64")).WithLogger(new TestOutputLogger(new TestOutputHelper(), LogLevel.Trace)).Build();
        await vm.StartAsync();

        await vm.ShutdownAsync();

        Assert.Equal(0, vm.ExitCode);
    }

    [Fact]
    public void Hostile_text_is_cleaned_and_split()
    {
        var sink = new CollectingSink();

        new DiagnosticMessageLogger(sink).LogWarning("one\r\n{Two}\0]]>", "\u001b[31mtwo");

        Assert.StartsWith($"warn: one{Environment.NewLine}two", Assert.Single(sink.Messages), StringComparison.Ordinal);
        Assert.DoesNotContain(sink.Messages[0], character => character is '\0' or '\u001b');
    }

    private sealed class CollectingSink : IMessageSink
    {
        private readonly ConcurrentQueue<string> _messages = new();

        public bool IsClosed { get; init; }

        public IReadOnlyList<string> Messages => [.. _messages];

        public bool OnMessage(IMessageSinkMessage message)
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            _messages.Enqueue(((IDiagnosticMessage)message).Message);
            return true;
        }
    }
}
