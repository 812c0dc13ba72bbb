using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tests.Reliability;

/// <summary>Waits for processes that are not children, through a pidfd: no polling, and zombies count as ended.</summary>
internal static partial class ProcessDescriptor
{
    private const int PidfdOpenCall = 434; // on x64 and arm64
    private const short PollIn = 1;

    /// <summary>False when it still lives after the time given.</summary>
    public static bool WaitForExit(int process, TimeSpan timeout)
    {
        int descriptor = (int)SystemCall(PidfdOpenCall, process, 0);
        if (descriptor < 0)
            return true; // there is no such process any more
        try
        {
            var poll = new PollDescriptor { Descriptor = descriptor, Events = PollIn };
            long start = Stopwatch.GetTimestamp();
            while (true)
            {
                TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
                int ready = Poll(ref poll, 1, (int)Math.Max(0, Math.Ceiling(left.TotalMilliseconds)));
                if (ready > 0 || left <= TimeSpan.Zero)
                    return ready > 0;

                // A signal that .NET handles came in between, such as a child's end.
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    public static void Signal(int process, int signal) => Assert.Equal(0, Kill(process, signal));

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint process, nint flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nint count, int timeout);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
