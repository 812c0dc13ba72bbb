using System.Runtime.CompilerServices;

namespace DyingHost;

/// <summary>Ways for a process to end without cleaning up.</summary>
internal static class Death
{
    public static async Task<int> DieAsync(string way)
    {
        switch (way)
        {
            case "wait":
                await Task.Delay(Timeout.Infinite);
                return 0;
            case "exit":
                Environment.Exit(0);
                return 0;
            case "return":
                return 0;
            case "failfast":
                Environment.FailFast("as the test asked");
                return 0;
            case "overflow":
                return Overflow(1);
            case "throw":
                var thrower = new Thread(static () => throw new InvalidOperationException("as the test asked"));
                thrower.Start();
                thrower.Join();
                return 0;
            default:
                throw new ArgumentException($"There is no death '{way}'.");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Overflow(int depth) => Overflow(depth + 1) + Overflow(depth + 2);
}
