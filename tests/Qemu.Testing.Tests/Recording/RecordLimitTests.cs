using System.Globalization;
using System.Text;
using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

/// <summary>What comes faster than it can be written down, or is more than should be: the files have limits, and say what they lack.</summary>
public sealed class RecordLimitTests : IDisposable
{
    private const int Flood = 100_000;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("qemu-records-");
    private readonly List<string> _lines = [];

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Console_far_ahead_of_its_lines_is_in_the_file_and_its_newest_lines_are_shown()
    {
        await using QemuMachine vm = await FloodedAsync();
        using var record = new ConsoleRecord(vm.Console, ConsoleMark.Start, SecretMask.Current, backlogLimit: 20_000);

        record.WriteUpTo(PathOf("console.log"), vm.Console.Mark, timestamp: 1, Emit);
        record.FlushLine(Emit);

        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"[{vm.Console.Mark.Offset - 20_000} bytes came faster than they could be written down]"), _lines[0]);
        Assert.Equal(TestRom.FloodDone, _lines[^1]);
        Assert.InRange(_lines.Skip(1).Sum(static line => line.Length), 19_000, 20_000);
        record.Dispose();
        Assert.Equal(AllOf(vm), await File.ReadAllBytesAsync(PathOf("console.log")));
    }

    [Fact]
    public async Task Console_is_copied_up_to_a_limit_and_completed_for_a_test_that_failed()
    {
        await using QemuMachine vm = await FloodedAsync();
        using var record = new ConsoleRecord(vm.Console, ConsoleMark.Start, SecretMask.Current, streamLimit: 65_536, backlogLimit: 20_000);
        record.WriteUpTo(PathOf("console.log"), vm.Console.Mark, timestamp: 1, Emit);
        Assert.Equal(65_536, new FileInfo(PathOf("console.log")).Length);

        record.CompleteFile(PathOf("console.log"), vm.Console.Mark);

        Assert.Equal(AllOf(vm), await File.ReadAllBytesAsync(PathOf("console.log")));
    }

    [Fact]
    public async Task Very_long_console_is_completed_with_its_end_and_says_what_is_left_out()
    {
        await using QemuMachine vm = await FloodedAsync();
        using var record = new ConsoleRecord(vm.Console, ConsoleMark.Start, SecretMask.Current, streamLimit: 65_536, backlogLimit: 20_000, completionLimit: 1000);
        record.WriteUpTo(PathOf("console.log"), vm.Console.Mark, timestamp: 1, Emit);

        record.CompleteFile(PathOf("console.log"), vm.Console.Mark);

        byte[] all = AllOf(vm);
        byte[] gap = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n[{all.Length - 65_536 - 1000} bytes are left out here]\n"));
        byte[] expected = [.. all[..65_536], .. gap, .. all[^1000..]];
        Assert.Equal(expected, await File.ReadAllBytesAsync(PathOf("console.log")));
    }

    /// <summary>A console that grows in steps has each byte in its file once, wherever the lines had to go on.</summary>
    [Fact]
    public async Task Console_written_in_steps_is_in_the_file_once()
    {
        await using QemuMachine vm = await FloodedAsync();
        using var record = new ConsoleRecord(vm.Console, ConsoleMark.Start, SecretMask.Current, backlogLimit: 20_000);

        foreach (long end in new[] { 10, 500, 40_000, 40_001, 59_000, 90_000, vm.Console.Mark.Offset })
            record.WriteUpTo(PathOf("console.log"), new ConsoleMark(end), timestamp: 1, Emit);

        record.Dispose();
        Assert.Equal(AllOf(vm), await File.ReadAllBytesAsync(PathOf("console.log")));
    }

    [Fact]
    public async Task Log_of_qemu_goes_on_with_its_newest_and_up_to_a_limit()
    {
        using var log = new QemuLog(PathOf("qemu"));
        using var record = new LogRecord(SecretMask.Current, fileLimit: 70_000, backlogLimit: 50_000);
        await using (FileStream writer = new(PathOf("qemu"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            await writer.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(static i => $"{i:00000}\n"))));

        record.WriteNew(log, PathOf("qemu.log"), timestamp: 1, Emit);
        record.Dispose();

        Assert.Equal("[70000 bytes came faster than they could be written down]", _lines[0]);
        Assert.Equal("19999", _lines[^1]);
        Assert.InRange(_lines.Count, 8_300, 8_400);
        string file = await File.ReadAllTextAsync(PathOf("qemu.log"));
        Assert.StartsWith("\n[70000 bytes came faster", file, StringComparison.Ordinal);
        Assert.EndsWith("19999\n", file, StringComparison.Ordinal);

        using var second = new LogRecord(SecretMask.Current, fileLimit: 1000);
        for (int i = 0; i < 3; i++)
        {
            await using (FileStream writer = new(PathOf("qemu"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                await writer.WriteAsync(new byte[100_000]);
            second.WriteNew(log, PathOf("second.log"), timestamp: 1, Emit);
        }

        Assert.Equal(64 * 1024, new FileInfo(PathOf("second.log")).Length);
    }

    /// <summary>Else a QEMU that writes faster than this reads would keep it for ever.</summary>
    [Fact]
    public async Task Log_of_qemu_is_read_up_to_where_it_was()
    {
        using var log = new QemuLog(PathOf("qemu"));
        using var record = new LogRecord(SecretMask.Current);
        await using FileStream writer = new(PathOf("qemu"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        writer.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a line\n", 100))));

        record.WriteNew(log, PathOf("qemu.log"), timestamp: 1, (_, line) =>
        {
            _lines.Add(line);
            if (_lines.Count < 10_000)
                writer.Write("another line\n"u8);
        });

        Assert.Equal(Enumerable.Repeat("a line", 100), _lines);
    }

    private static async Task<QemuMachine> FloodedAsync()
    {
        QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync();
        await vm.Console.SendLineAsync($"flood {Flood}");
        await vm.Console.WaitForAsync(TestRom.FloodDone + "\n", TimeSpan.FromMinutes(2));
        return vm;
    }

    private static byte[] AllOf(QemuMachine vm) => vm.Console.GetBytes(maximumBytes: 2 * Flood);

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);

    private void Emit(long timestamp, string line) => _lines.Add(line);
}
