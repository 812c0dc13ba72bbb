using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Qemu.Machine;

namespace Benchmarks;

/// <summary>What it costs that somebody looks at each line of a console for a panic: the scan alone, and a console that is drained meanwhile.</summary>
internal sealed class PanicScanBenchmark : IBenchmark
{
    private const int PairCount = 10;
    private const int ChunkSize = 64 * 1024;
    private const long Length = 128 * 1024 * 1024;

    /// <summary>Far above what a guest prints: the scan goes on beside the drain and must only not fall behind.</summary>
    private const double Target = 500;

    public string Name => "panic-scan";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        string directory = Directory.CreateTempSubdirectory("qemu-bench-").FullName;
        try
        {
            byte[] chunk = Lines();
            PairedTimes scan = await Pairs.MeasureAsync(PairCount, () => Task.FromResult(Pairs.Time(() => Scan(chunk))), () => ReadAsync(directory));
            Console.WriteLine($"panic scan of {Length >> 20} MiB: {scan.Describe()}");
            PairedTimes drain = await Pairs.MeasureAsync(PairCount, () => DrainAsync(directory), () => ReadAsync(directory));
            Console.WriteLine($"console drain of {Length >> 20} MiB with the panic watch: {drain.Describe()}");
            return
            [
                Figure.AtLeast("panic scan", Target, Speed(scan), "MiB/s"),
                Figure.AtLeast("console drained and scanned to its end", Target, Speed(drain), "MiB/s"),
            ];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static double Speed(PairedTimes times) => (Length >> 20) / times.OursMedian.TotalSeconds;

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
            Task<GuestPanic?> watching = new ConsolePanicReader(machine.Console, ConsoleMark.Start, PanicRules.Default, TimeProvider.System, NullLogger.Instance).ReadAsync(ended.Token);
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
