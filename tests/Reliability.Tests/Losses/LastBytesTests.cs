using System.Text;
using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>The last bytes of a console before QEMU's death are in the transcript.</summary>
public sealed class LastBytesTests
{
    private const int AtOnce = 3;
    private const int LongestFlood = 6000;
    private const int ExitValue = 21;

    [Fact]
    public async Task Every_byte_before_the_death_of_qemu_is_kept()
    {
        int tries = Soak.Count(sample: 200, full: 10_000);
        Random random = Soak.Random();
        using var root = new TestDirectory();
        int[] floods = [.. Enumerable.Range(0, tries).Select(_ => random.Next(LongestFlood))];

        await Parallel.ForEachAsync(
            floods,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (flood, _) => await FloodAndDieAsync(root, flood));
    }

    /// <summary>Killed in the middle of a flood: what is there is the flood's beginning, byte for byte, up to where it was cut.</summary>
    [Fact]
    public async Task What_a_killed_machine_said_is_kept_in_order()
    {
        int tries = Soak.Count(sample: 20, full: 1000);
        Random random = Soak.Random();
        using var root = new TestDirectory();
        byte[] flood = TestRom.Flood(1_000_000);
        for (int i = 0; i < tries; i++)
        {
            await using QemuMachine machine = Machines.Rom(root.Path).Build();
            ConsoleMark start = await LaunchAsync(machine);
            await machine.Console.SendLineAsync("flood 1000000");
            int seen = random.Next(1, 40_000);
            await machine.Console.OpenStream(start).ReadExactlyAsync(new byte[seen]);

            await machine.KillAsync();

            byte[] text = machine.Console.GetBytes(start);
            Assert.InRange(text.Length, seen, flood.Length);
            Assert.True(text.AsSpan().SequenceEqual(flood.AsSpan(0, text.Length)));
        }
    }

    private static async Task FloodAndDieAsync(TestDirectory root, int length)
    {
        await using QemuMachine machine = Machines.Rom(root.Path).Build();
        ConsoleMark start = await LaunchAsync(machine);
        Task<byte[]> streamed = ReadToEndAsync(machine.Console.OpenStream(start));
        await machine.Console.SendLineAsync($"flood {length} exit {ExitValue}");

        await machine.WaitForShutdownAsync(TimeSpan.FromMinutes(1));

        byte[] expected = [.. TestRom.Flood(length), .. "\r\n"u8, .. Encoding.ASCII.GetBytes(TestRom.FloodDone), .. "\r\n"u8];
        Assert.Equal(TestRom.ExitCode(ExitValue), machine.ExitCode);
        Assert.Equal(Encoding.ASCII.GetString(expected), Encoding.ASCII.GetString(machine.Console.GetBytes(start)));
        Assert.Equal(Encoding.ASCII.GetString(expected), Encoding.ASCII.GetString(await streamed.WaitAsync(TimeSpan.FromMinutes(1))));
    }

    private static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        await using (stream)
        {
            var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            return bytes.ToArray();
        }
    }

    private static async Task<ConsoleMark> LaunchAsync(QemuMachine machine)
    {
        await machine.LaunchAsync();
        return (await machine.Console.WaitForAsync(TestRom.Ready + "\n", TimeSpan.FromMinutes(1))).End;
    }
}
