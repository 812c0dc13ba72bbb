using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Reliability;

/// <summary>
/// A QEMU that goes wrong after it was ready: every call ends by its deadline plus five seconds. The deadlines are the real defaults,
/// half a minute each; the clock runs faster once the machine is up.
/// </summary>
public sealed class CommandFaultTests
{
    private const double Speed = 20;

    private static readonly TimeSpan s_default = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    /// <summary>A guard against hangs, also where the host does five things besides; who waits by another clock than the machine's runs into it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Faults { get; } =
    [
        "none", "mute", "deaf", "foreign-id", "text-id", "no-id", "half-reply", "half-reply-close", "half-reply-exit", "garbage", "huge-line",
        "second-greeting", "close", "exit", "stop", "storm", "ignores-sigterm", "quits-but-stays", "heir", "console-flood",
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Every_call_on_a_machine_ends_when_qemu_is(string fault) => CallAllAsync(fault, Speed, s_patience);

    /// <summary>The same by the real clock.</summary>
    [Theory]
    [Trait("Category", "Soak")]
    [MemberData(nameof(Faults))]
    public Task Every_call_on_a_machine_ends_in_real_time_when_qemu_is(string fault) => CallAllAsync(fault, speed: 1, s_grace);

    /// <summary>The end alone, without a command before it.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Disposal_ends_and_leaves_nothing_when_qemu_is(string fault)
    {
        using var root = new TestDirectory();
        var clock = new HastyTimeProvider();
        QemuMachine machine = Machines.Fake(fault, root.Path).WithTimeProvider(clock).Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);
        clock.Hurry(Speed);

        await new CallGuard(s_default / Speed + s_patience).EndsAsync("DisposeAsync", () => machine.DisposeAsync().AsTask());

        await AssertNothingLeftAsync(machine, root);
    }

    private static async Task CallAllAsync(string fault, double speed, TimeSpan grace)
    {
        using var root = new TestDirectory();
        var clock = new HastyTimeProvider();
        await using QemuMachine machine = Machines.Fake(fault, root.Path).WithTimeProvider(clock).Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);
        clock.Hurry(speed);
        var guard = new CallGuard(s_default / speed + grace);

        StartCalls(machine, guard);
        await guard.AllEndAsync();
        await guard.EndsAsync("ExecuteAsync, again", () => machine.Qmp.ExecuteAsync("query-status"));
        Assert.NotNull(machine.Log);
        Assert.NotNull(machine.Console.GetText());
        await guard.EndsAsync("WaitForShutdownAsync", () => machine.WaitForShutdownAsync(TimeSpan.FromSeconds(5)));
        await guard.EndsAsync("ShutdownAsync", () => machine.ShutdownAsync(TimeSpan.FromSeconds(5)));
        await guard.EndsAsync("KillAsync", machine.KillAsync);

        await AssertNothingLeftAsync(machine, root);
    }

    private static void StartCalls(QemuMachine machine, CallGuard guard)
    {
        // More than a socket takes, so that a peer that does not read holds the writer up.
        var large = new Dictionary<string, object?> { ["text"] = new string('x', 4_000_000) };
        guard.Start("ExecuteAsync", () => machine.Qmp.ExecuteAsync("query-status"));
        guard.Start("ExecuteAsync, large", () => machine.Qmp.ExecuteAsync("large", large));
        guard.Start("SendAsync", () => machine.Qmp.SendAsync("query-status"));
        guard.Start("SendAsync with a descriptor", () => SendWithDescriptorAsync(machine));
        guard.Start("SendFileDescriptorAsync", () => machine.SendFileDescriptorAsync("/dev/null"));
        guard.Start("SendFileDescriptorAsync, again", () => machine.SendFileDescriptorAsync("/dev/null"));
        guard.Start("Events.WaitAsync", () => machine.Events.WaitAsync("NEVER"));
        guard.Start("Events.ReadAsync", () => machine.Events.ReadAsync());
        guard.Start("Console.WaitForAsync", () => machine.Console.WaitForAsync("never"));
        guard.Start("Console.SendBytesAsync", () => machine.Console.SendBytesAsync(new byte[4_000_000]));
        guard.Start("Console.SendLineAsync", () => machine.Console.SendLineAsync("hello"));
        guard.Start("Console.OpenStream", () => ReadStreamAsync(machine));
    }

    private static async Task SendWithDescriptorAsync(QemuMachine machine)
    {
        using SafeFileHandle file = File.OpenHandle("/dev/null");
        await machine.Qmp.SendAsync(new QmpCommand("getfd") { Descriptor = file });
    }

    // A stream has no deadline but its reader's.
    private static async Task ReadStreamAsync(QemuMachine machine)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await using Stream stream = machine.Console.OpenStream();
        byte[] buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, patience.Token) > 0)
        {
            // Until the machine ends.
        }
    }

    private static async Task AssertNothingLeftAsync(QemuMachine machine, TestDirectory root)
    {
        Assert.False(machine.IsRunning);
        Assert.Null(machine.ProcessId);
        await machine.DisposeAsync();
        Assert.Empty(root.Entries);
        EndHeir(machine.Log);
    }

    private static void EndHeir(string log)
    {
        const int sigKill = 9;
        if (log.Split("heir ") is [_, var rest])
            ProcessDescriptor.Signal(int.Parse(rest.Split('\n')[0], CultureInfo.InvariantCulture), sigKill);
    }
}
