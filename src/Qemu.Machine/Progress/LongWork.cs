using System.Globalization;

namespace Qemu.Machine;

/// <summary>Work that may take long: after a while, and from then on again and again, it is said that it goes on. Short work says nothing.</summary>
internal static class LongWork
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    /// <summary>What the work waits for that this is a part of.</summary>
    private static readonly AsyncLocal<string?> s_outer = new();

    /// <summary>Runs work.</summary>
    /// <param name="what">What is being done: "Booting the template of machine X".</param>
    /// <param name="waitsFor">What it waits for; null when it just works.</param>
    /// <param name="work">The work.</param>
    /// <param name="time">The clock; null: the system's.</param>
    public static async Task<T> RunAsync<T>(string what, string? waitsFor, Func<Task<T>> work, TimeProvider? time = null)
    {
        if (!MachineProgress.IsWanted || (waitsFor is not null && waitsFor == s_outer.Value))
            return await work().ConfigureAwait(false); // nobody wants to know, or it is told already
        s_outer.Value = waitsFor;
        time ??= TimeProvider.System;
        long start = time.GetTimestamp();
        int reports = 0;
        ITimer timer = time.CreateTimer(_ => Tell("so far" + (waitsFor is null ? "" : $", waiting for {waitsFor.ReplaceLineEndings("\\n")}")), state: null, s_first, s_interval);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            await timer.DisposeAsync().ConfigureAwait(false); // no report is under way after this
            if (reports > 0)
                Tell("in all");
        }

        void Tell(string rest)
        {
            reports++;
            MachineProgress.Report(string.Create(CultureInfo.InvariantCulture, $"{what}: {time.GetElapsedTime(start).TotalSeconds:0} s {rest}"));
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(string what, string? waitsFor, Func<Task> work, TimeProvider? time = null) => RunAsync(
        what,
        waitsFor,
        async () =>
        {
            await work().ConfigureAwait(false);
            return true;
        },
        time);
}
