using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Qemu.Machine;

namespace Benchmarks;

/// <summary>How fast a console is read, kept and written to its file.</summary>
internal sealed class ConsoleDrainBenchmark : IBenchmark
{
    private const int PairCount = 20;
    private const long Length = 128 * 1024 * 1024;

    public string Name => "console-drain";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        string directory = Directory.CreateTempSubdirectory("qemu-bench-").FullName;
        try
        {
            PairedTimes times = await Pairs.MeasureAsync(PairCount, () => DrainAsync(directory), () => ReadToFileAsync(directory));
            Console.WriteLine(FormattableString.Invariant($"console drain of {Length >> 20} MiB: {times.Describe()}; {(Length >> 20) / times.OursMedian.TotalSeconds:0} MiB/s"));
            return [Figure.AtLeast("console drain", "raw socket, read to a file", 0.80, times.SpeedRatio)];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<TimeSpan> DrainAsync(string directory)
    {
        await using QemuMachine machine = new QemuMachineBuilder(QemuBinary.Path).WithConsole().Build();
        ConsoleFeed feed = ConsoleFeed.Create(Length);
        await using Stream stream = feed.OpenStream();
        TimeSpan time = await Pairs.TimeAsync(() =>
        {
            feed.Start();
            return machine.Console.DrainAsync(stream, machine.Console.OpenFiles(directory));
        });
        return machine.Console.Mark.Offset == Length ? time : throw new InvalidDataException("The console lost something.");
    }

    private static async Task<TimeSpan> ReadToFileAsync(string directory)
    {
        ConsoleFeed feed = ConsoleFeed.Create(Length);
        using Socket socket = feed.Reading;
        string path = Path.Combine(directory, Path.GetRandomFileName());
        using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose);
        byte[] buffer = new byte[64 * 1024];
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
