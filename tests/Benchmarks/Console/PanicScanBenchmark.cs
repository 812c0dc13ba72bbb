using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Qemu.Machine;

namespace Benchmarks;

/// <summary>What it costs that somebody looks at each line of a console for a panic: the scan alone, and a console that is drained meanwhile.</summary>
internal sealed class PanicScanBenchmark : IBenchmark
{
    private const int PairCount = 10;
    private const int ChunkSize = 64 * 1024;
    private const long Length = 128 * 1024 * 1024;

    public string Name => "panic-scan";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        string directory = Directory.CreateTempSubdirectory("qemu-bench-").FullName;
        try
        {
            byte[] chunk = Lines();
            PairedTimes scan = await Pairs.MeasureAsync(PairCount, () => Task.FromResult(Pairs.Time(() => Scan(chunk))), () => ReadAsync(directory));
            Console.WriteLine(FormattableString.Invariant($"panic scan of {Length >> 20} MiB: {scan.Describe()}; {(Length >> 20) / scan.OursMedian.TotalSeconds:0} MiB/s"));
            PairedTimes drain = await Pairs.MeasureAsync(PairCount, () => DrainAsync(directory), () => ReadAsync(directory));
            Console.WriteLine(FormattableString.Invariant($"console drain of {Length >> 20} MiB with the panic watch: {drain.Describe()}; {(Length >> 20) / drain.OursMedian.TotalSeconds:0} MiB/s"));
            return
            [
                Figure.AtLeast("panic scan", "raw socket, read to a file", 1, scan.SpeedRatio),
                Figure.AtLeast("console drain with the panic watch", "raw socket, read to a file", 0.60, drain.SpeedRatio),
            ];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static byte[] Lines()
    {
        byte[] line = "[    0.123456] a line of kernel messages, neither short nor long, as they go by in a boot\r\n"u8.ToArray();
        byte[] chunk = new byte[ChunkSize];
        for (int i = 0; i < chunk.Length; i++)
            chunk[i] = line[i % line.Length];
        return chunk;
    }

    private static void Scan(byte[] chunk)
    {
        var scanner = new PanicScanner(PanicRules.Default);
        for (long offset = 0; offset < Length; offset += chunk.Length)
        {
            if (scanner.Feed(chunk, offset) is { } sighting)
                throw new InvalidDataException($"There is no panic, and {sighting} was seen.");
        }
    }

    private static async Task<TimeSpan> DrainAsync(string directory)
    {
        await using QemuMachine machine = new QemuMachineBuilder(QemuBinary.Path).WithConsole().Build();
        ConsoleFeed feed = ConsoleFeed.Create(Length);
        await using Stream stream = feed.OpenStream();
        using var ended = new CancellationTokenSource();
        return await Pairs.TimeAsync(async () =>
        {
            Task<GuestPanic?> watching = new ConsolePanicReader(machine.Console, ConsoleMark.Start, PanicRules.Default, TimeProvider.System).ReadAsync(ended.Token);
            feed.Start();
            await machine.Console.DrainAsync(stream, machine.Console.OpenFiles(directory));
            await ended.CancelAsync();
            if (await watching is not null)
                throw new InvalidDataException("There is no panic, and one was seen.");
        });
    }

    private static async Task<TimeSpan> ReadAsync(string directory)
    {
        ConsoleFeed feed = ConsoleFeed.Create(Length);
        using Socket socket = feed.Reading;
        using SafeFileHandle file = File.OpenHandle(Path.Combine(directory, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose);
        byte[] buffer = new byte[ChunkSize];
        return await Pairs.TimeAsync(async () =>
        {
            feed.Start();
            long length = 0;
            while (await socket.ReceiveAsync(buffer) is > 0 and var count)
            {
                RandomAccess.Write(file, buffer.AsSpan(0, count), length);
                length += count;
            }
        });
    }
}
