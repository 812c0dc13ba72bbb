using System.Diagnostics;
using System.Globalization;
using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Watchdog;

/// <summary>What a test that hangs has to show is written down within its time and a size, whatever its machines and the disk do.</summary>
public sealed class BoundedDumpTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>Console and QEMU's log, 64 MiB each; timeline and QMP, 32 MiB each; report and marker.</summary>
    private const long SizeLimit = (64 + 64 + 32 + 32 + 8) * Megabyte;

    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(3);

    /// <summary>More than the watchdog gives: the host may have other things to do.</summary>
    private static readonly TimeSpan s_busyLimit = TimeSpan.FromMinutes(1);

    private readonly TestRun _run = new();
    private readonly FakeReport _report = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("console-flood")]
    [InlineData("log-flood")]
    public async Task Machine_that_floods_holds_up_neither_its_dump_nor_the_end_of_its_test(string fault)
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine machine = Fake(fault).Build();
        await machine.LaunchAsync();
        await FloodedAsync(machine, 150 * Megabyte);

        string? directory = await scope.DumpAsync("as a test", s_busyLimit).WaitAsync(s_guard);

        Assert.Empty(_report.Lines);
        Assert.StartsWith("Some.Class.Test\nhanging\n", await File.ReadAllTextAsync(Path.Combine(directory!, "test.txt")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(directory!, "report.html")));
        Assert.InRange(new DirectoryInfo(directory!).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length), Megabyte, SizeLimit);
        await scope.EndAsync(failed: false).WaitAsync(s_guard); // it floods on
        await machine.KillAsync();
    }

    /// <summary>Each costs the time that it is waited for, but all of them together.</summary>
    [Fact]
    public async Task Many_machines_that_hang_do_not_hang_their_dump()
    {
        TestScope scope = _run.Enter(_report);
        QemuMachine[] machines = [.. Enumerable.Range(0, 12).Select(static _ => TestRun.Rom().Build())];
        await Task.WhenAll(machines.Select(static machine => machine.StartAsync()));
        using (var stop = Process.Start("kill", ["-STOP", .. machines.Select(static machine => machine.ProcessId!.Value.ToString(CultureInfo.InvariantCulture))]))
            await stop.WaitForExitAsync(TestContext.Current.CancellationToken);

        string? directory = await scope.DumpAsync("as a test", TestWatchdog.DumpLimit).WaitAsync(s_guard);

        Assert.Empty(_report.Lines);
        Assert.StartsWith("Some.Class.Test\nhanging\n", await File.ReadAllTextAsync(Path.Combine(directory!, "test.txt")), StringComparison.Ordinal);
        await Task.WhenAll(machines.Select(static machine => machine.KillAsync()));
        await Task.WhenAll(machines.Select(static machine => machine.DisposeAsync().AsTask()));
    }

    [Theory]
    [InlineData("size=64k", true)]
    [InlineData("ro", false)]
    public async Task Disk_that_takes_nothing_is_told_of_and_holds_nothing_up(string options, bool takesSome)
    {
        using var disk = new TestDisk(_run.Artifacts, options);
        TestScope scope = _run.Enter(_report);
        await using QemuMachine machine = TestRun.Rom().Build();
        await machine.StartAsync();
        await machine.Console.SendLineAsync("flood 200000");
        await machine.Console.WaitForAsync(TestRom.FloodDone, s_guard);

        string? directory = await scope.DumpAsync("as a test", TestWatchdog.DumpLimit).WaitAsync(s_guard);

        Assert.Equal(takesSome, directory is not null);
        Assert.StartsWith("The evidence of the test that hangs is incomplete: ", Assert.Single(_report.Lines), StringComparison.Ordinal);
        Assert.True(machine.IsRunning);
        await scope.EndAsync(failed: false).WaitAsync(s_guard);
    }

    private static QemuMachineBuilder Fake(string fault) =>
        new QemuMachineBuilder(Path.Combine(AppContext.BaseDirectory, "FakeQemu")).WithConsole().WithArguments("-fault", fault);

    private static async Task FloodedAsync(QemuMachine machine, long length)
    {
        using var guard = new CancellationTokenSource(s_guard);
        while (machine.Console.Mark.Offset < length && machine.LogFile!.Length < length)
            await Task.Delay(20, guard.Token);
    }
}
