using System.Diagnostics;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Guest.Linux;

public sealed class FileLockTests : IDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory _directory = new();

    private string LockPath => Path.Combine(_directory.Path, "lock");

    public void Dispose() => _directory.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Second_owner_waits_for_the_first()
    {
        FileLock first = await AcquireAsync(HangGuard);
        Task<FileLock> second = AcquireAsync(HangGuard);
        Assert.False(second.IsCompleted);

        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task Lock_held_too_long_is_an_error_that_names_it()
    {
        using FileLock first = await AcquireAsync(HangGuard);
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => AcquireAsync(TimeSpan.Zero));
        Assert.Contains(LockPath, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        using FileLock first = await AcquireAsync(HangGuard);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<FileLock> second = FileLock.AcquireAsync(LockPath, HangGuard, TimeProvider.System, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task Lock_of_another_process_counts_and_goes_when_that_is_killed()
    {
        using Process owner = Process.Start(new ProcessStartInfo("flock", [LockPath, "sh", "-c", "echo held; exec sleep 600"]) { RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("held", await owner.StandardOutput.ReadLineAsync(Token));
            await Assert.ThrowsAsync<GuestImageException>(() => AcquireAsync(TimeSpan.Zero));
        }
        finally
        {
            owner.Kill(entireProcessTree: true);
        }

        (await AcquireAsync(HangGuard)).Dispose();
    }

    private Task<FileLock> AcquireAsync(TimeSpan limit) => FileLock.AcquireAsync(LockPath, limit, TimeProvider.System, Token);
}
