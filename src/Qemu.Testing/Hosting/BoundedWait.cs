using System.Runtime.ExceptionServices;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Asynchronous work behind a synchronous hook of a test framework: the one place that blocks a thread, and never for ever.</summary>
internal static class BoundedWait
{
    /// <summary>Far beyond what any start may take: each has a deadline of its own.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(30);

    /// <summary>For collecting evidence and ending what was forgotten.</summary>
    public static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Runs work and waits for it. It begins on the calling thread, so that what need not wait costs no change of threads, and goes on on the
    /// pool: the threads of the caller's synchronisation context may all be waiting here.
    /// </summary>
    /// <exception cref="TimeoutException">It did not end within the limit; it goes on without anybody waiting.</exception>
    public static void Run(Func<Task> work, TimeSpan limit)
    {
        Task task = BeginAsync(work);
        try
        {
            if (!task.Wait(limit))
                throw new TimeoutException($"Something that a test needs did not end within {limit}.");
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }

    private static Task BeginAsync(Func<Task> work)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return RunAsync(work);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private static async Task RunAsync(Func<Task> work)
    {
        // The thread that is blocked here may be the one that another test needs to come to its end.
        StartAdmission.EnterWithoutWaiting();
        await work().ConfigureAwait(false);
    }
}
