namespace Qemu.Machine;

/// <summary>
/// One owner at a time among the tasks of all processes, or any number that share it. .NET takes flock(2) for <see cref="FileShare.None"/>, which the kernel releases with its owner,
/// however that owner died. The file itself stays: deleting it would let two owners lock two files of one name.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private const int LinuxWouldBlock = 11;
    private const int BsdWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Waits for the lock; flock(2) cannot be awaited, so it is tried again every 50 ms.</summary>
    /// <param name="path">The lock's file; it is made when there is none.</param>
    /// <param name="limit">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="shared">Whether others may hold the lock too who ask for no more than that.</param>
    /// <exception cref="GuestImageException">Somebody else held it for the whole of <paramref name="limit"/>.</exception>
    public static async Task<FileLock> AcquireAsync(
        string path, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken, bool shared = false)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            if (TryAcquire(path, shared) is { } acquired)
                return acquired;
            if (limit != Timeout.InfiniteTimeSpan && time.GetElapsedTime(start) >= limit)
                throw new GuestImageException($"{path} was locked by another process for {limit}. `fuser {path}` names it.");
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the lock if it is free; else null.</summary>
    /// <exception cref="FileNotFoundException">There is no such file, and none is to be made.</exception>
    public static FileLock? TryAcquire(string path, bool shared = false, bool create = true)
    {
        FileMode mode = create ? FileMode.OpenOrCreate : FileMode.Open;
        try
        {
            return new FileLock(shared
                ? new FileStream(path, mode, FileAccess.Read, FileShare.Read)
                : new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (error.HResult is LinuxWouldBlock or BsdWouldBlock or WindowsSharingViolation)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
