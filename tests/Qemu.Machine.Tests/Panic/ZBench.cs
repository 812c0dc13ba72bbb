using System.Diagnostics;
using Qemu.Machine;
namespace Tests.Qemu.Machine.Panic;
public sealed class ZBench(ITestOutputHelper output)
{
    [Fact]
    public void Bench()
    {
        byte[] flood = TestRom.Flood(64 * 1024 * 1024);
        for (int round = 0; round < 3; round++)
        {
            var scanner = new PanicScanner(PanicRules.Default);
            var watch = Stopwatch.StartNew();
            for (int i = 0; i < flood.Length; i += 65536)
                scanner.Feed(flood.AsSpan(i, 65536), i);
            output.WriteLine($"{flood.Length / watch.Elapsed.TotalSeconds / 1e6:0} MB/s");
        }
        Assert.Fail("bench");
    }
}
