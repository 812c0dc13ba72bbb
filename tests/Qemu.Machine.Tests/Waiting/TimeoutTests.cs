using Qemu.Machine;

namespace Tests.Qemu.Machine.Waiting;

public sealed class TimeoutTests
{
    public static TheoryData<TimeSpan> OutOfRange => [TimeSpan.FromSeconds(-1), TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.FromDays(50)];

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Timeout_that_no_timer_takes_is_refused_when_it_is_given(TimeSpan timeout)
    {
        QemuMachineBuilder builder = Machines.Empty();

        Assert.Throws<ArgumentOutOfRangeException>(nameof(timeout), () => builder.WithQmpTimeout(timeout));
        Assert.Throws<ArgumentOutOfRangeException>(nameof(timeout), () => builder.ReadyWhen(Readiness.Console("x"), timeout));
        Assert.Throws<ArgumentOutOfRangeException>("options", () => builder.WithTemplate(new TemplateOptions { CloneTimeout = timeout }));
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public async Task Timeout_that_no_timer_takes_is_refused_and_the_machine_left_as_it_is(TimeSpan timeout)
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(nameof(timeout), () => machine.ShutdownAsync(timeout));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(nameof(timeout), () => machine.WaitForShutdownAsync(timeout));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(nameof(timeout), () => machine.Console.WaitForAsync("x", timeout));

        Assert.True(machine.IsRunning);
    }

    [Fact]
    public async Task Scaled_timeout_is_at_most_what_a_timer_takes()
    {
        await using QemuMachine machine = Machines.Rom().WithSettings(new QemuSettings { TimeoutScale = 1e9 }).Build();

        await machine.StartAsync(TestContext.Current.CancellationToken);
        await machine.Console.WaitForAsync(TestRom.Ready, from: ConsoleMark.Start);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Factor_on_timeouts_that_is_none_is_refused(double factor) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new QemuSettings { TimeoutScale = factor });

    [Fact]
    public async Task Launch_that_fails_in_an_unforeseen_way_leaves_nothing()
    {
        using var root = new TempRoot();
        await using QemuMachine machine = Machines.Empty().WithTimeProvider(new TimersRunOut()).WithTempRoot(root.Path).Build();

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => machine.LaunchAsync());

        Assert.False(machine.IsRunning);
        Assert.Empty(root.Content);
    }

    private sealed class TimersRunOut : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new InvalidTimeZoneException();
    }
}
