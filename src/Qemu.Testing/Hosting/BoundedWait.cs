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

    /// <summary>Runs work on the thread pool and waits for it.</summary>
    /// <exception cref="TimeoutException">It did not end within the limit; it goes on without anybody waiting.</exception>
    public static void Run(Func<Task> work, TimeSpan limit)
    {
        Task task = Task.Run(() =>
        {
            // The thread that is blocked here may be the one that another test needs to come to its end.
            StartAdmission.EnterWithoutWaiting();
            return work();
        });
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
}
