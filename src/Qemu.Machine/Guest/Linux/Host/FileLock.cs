namespace Qemu.Machine;

/// <summary>
/// One owner at a time among the tasks of all processes. .NET takes flock(2) for <see cref="FileShare.None"/>, which the kernel releases with its owner,
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
    /// <exception cref="GuestImageException">Somebody else held it for the whole of <paramref name="limit"/>.</exception>
    public static async Task<FileLock> AcquireAsync(string path, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException error) when (error.HResult is LinuxWouldBlock or BsdWouldBlock or WindowsSharingViolation)
            {
                if (time.GetElapsedTime(start) >= limit)
                    throw new GuestImageException($"{path} was locked by another process for {limit}. `fuser {path}` names it.", error);
            }

            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _file.Dispose();
}
