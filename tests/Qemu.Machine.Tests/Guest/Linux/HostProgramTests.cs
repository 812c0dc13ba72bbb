using Qemu.Machine;

namespace Tests.Qemu.Machine.Guest.Linux;

public sealed class HostProgramTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Output_is_returned_and_input_is_empty() =>
        Assert.Equal("read \n/\nC\n", await HostProgram.RunAsync("sh", ["-c", "read line; echo \"read $line\"; pwd; echo $LC_ALL"], "/", Token));

    [Fact]
    public async Task Failure_shows_command_exit_code_and_output()
    {
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => HostProgram.RunAsync("sh", ["-c", "echo out; echo 'err' >&2; exit 7"], "/", Token));

        Assert.Equal("sh -c 'echo out; echo '\\''err'\\'' >&2; exit 7'", error.Command);
        Assert.Equal("err\nout\n", error.CommandOutput);
        Assert.Equal($"`{error.Command}` failed with exit code 7.\nerr\nout", error.Message);
    }

    [Fact]
    public async Task Missing_program_is_named()
    {
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => HostProgram.RunAsync("no-such-program", [], "/", Token));
        Assert.Contains("`no-such-program` could not be started", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Program_that_hangs_is_ended_with_its_children()
    {
        using var directory = new TemporaryDirectory();
        string pid = Path.Combine(directory.Path, "pid");
        var clock = new ManualTimer();
        Task<string> running = HostProgram.RunAsync(
            "sh", ["-c", $"echo started; sleep 600 & echo $! > {pid}.new; mv {pid}.new {pid}; wait"], "/", TimeSpan.FromHours(1), clock, Token);
        await UntilAsync(() => File.Exists(pid));
        clock.Fire();
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => running);

        Assert.Contains("did not end within 01:00:00", error.Message, StringComparison.Ordinal);
        Assert.Contains("started", error.CommandOutput, StringComparison.Ordinal);
        string child = (await File.ReadAllTextAsync(pid, Token)).Trim();
        await UntilAsync(() => !IsAlive(child));
    }

    [Fact]
    public async Task Cancellation_stays_a_cancellation()
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<string> running = HostProgram.RunAsync("sleep", ["600"], "/", cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
    }

    private static bool IsAlive(string pid)
    {
        try
        {
            // "pid (name) state …"; a zombie waits for its new parent only.
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>A clock whose only timer goes off when the test says so.</summary>
    private sealed class ManualTimer : TimeProvider, ITimer
    {
        private Action? _fire;

        public void Fire() => _fire!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
