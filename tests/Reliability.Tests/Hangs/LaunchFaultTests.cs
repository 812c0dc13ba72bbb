using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Reliability;

/// <summary>A QEMU that goes wrong before it is ready: the launch ends, by its deadline plus five seconds at the latest, and leaves nothing.</summary>
public sealed class LaunchFaultTests
{
    private static readonly TimeSpan s_grace = Soak.IsFull ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(20);

    /// <summary>Nothing tells these from a QEMU that is slow: only the deadline helps.</summary>
    [Theory]
    [InlineData("silent")]
    [InlineData("stop-before-greeting")]
    [InlineData("half-greeting")]
    [InlineData("mute-after-greeting")]
    [InlineData("storm-after-greeting")]
    public Task Launch_ends_at_its_deadline_when_qemu_is(string fault) => LaunchFailsAsync(fault, TimeSpan.FromSeconds(1), s_grace);

    /// <summary>These are seen when they happen: the launch does not wait for its deadline, which is far away.</summary>
    [Theory]
    [InlineData("exit-before-greeting", 3)]
    [InlineData("exit-after-greeting", 3)]
    [InlineData("stderr-flood", 3)]
    [InlineData("close-before-greeting", null)]
    [InlineData("half-greeting-close", null)]
    [InlineData("garbage-greeting", null)]
    [InlineData("endless-greeting", null)]
    [InlineData("refuses-capabilities", null)]
    public async Task Launch_ends_long_before_its_deadline_when_qemu_does(string fault, int? exitCode)
    {
        QemuLaunchException error = await LaunchFailsAsync(fault, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(-570));
        if (exitCode is not null)
            Assert.Equal(exitCode, error.ExitCode);
    }

    [Fact]
    public async Task Launch_that_is_cancelled_leaves_nothing()
    {
        using var root = new TestDirectory();
        await using QemuMachine machine = Machines.Fake("silent", root.Path).Build();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Task launch = machine.LaunchAsync(cancellation.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => launch.WaitAsync(s_grace, TestContext.Current.CancellationToken));
        Assert.False(machine.IsRunning);
        Assert.Empty(root.Entries);
    }

    private static async Task<QemuLaunchException> LaunchFailsAsync(string fault, TimeSpan deadline, TimeSpan grace)
    {
        using var root = new TestDirectory();
        await using QemuMachine machine = Machines.Fake(fault, root.Path).WithQmpTimeout(deadline).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(
            () => machine.LaunchAsync(TestContext.Current.CancellationToken).WaitAsync(deadline + grace, TestContext.Current.CancellationToken));

        Assert.DoesNotContain(error.Message, character => char.IsControl(character) && character is not ('\n' or '\r' or '\t'));
        Assert.False(machine.IsRunning);
        Assert.Empty(root.Entries);
        return error;
    }
}
