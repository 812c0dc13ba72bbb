using System.Diagnostics;

namespace Tests.Qemu.Machine;

/// <summary>Waits for conditions that nobody announces.</summary>
internal static class Eventually
{
    public static async Task IsTrueAsync(Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Machines.HangGuard, $"Waited in vain: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }
}
