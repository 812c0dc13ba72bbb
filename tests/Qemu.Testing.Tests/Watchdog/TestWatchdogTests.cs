using System.Diagnostics;
using System.Globalization;
using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Watchdog;

public sealed class TestWatchdogTests
{
    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Test_that_runs_too_long_has_its_evidence_written_down_and_runs_on()
    {
        using var run = new TestRun();
        run.Settings = run.Settings with { Watchdog = TimeSpan.FromSeconds(1) };
        var report = new FakeReport();
        TestScope scope = run.Enter(report);
        await using QemuMachine machine = TestRun.Rom().Build();
        await machine.StartAsync();

        string directory = await DirectoryIn(report);

        Assert.Equal(TestRom.Ready + "\r\n", await FileOf(directory, "console.log"));
        Assert.Contains("This test has been running for 1 s", await FileOf(directory, "test.txt"), StringComparison.Ordinal);
        Assert.True(machine.IsRunning);
        Assert.False(report.IsCancelled);
        await scope.EndAsync(failed: false);
        Assert.False(Directory.Exists(directory)); // it passed, after all
    }

    [Fact]
    public async Task Test_that_ends_in_time_hears_nothing_of_it()
    {
        using var run = new TestRun();
        run.Settings = run.Settings with { Watchdog = TimeSpan.FromDays(1) };
        var report = new FakeReport();
        TestScope scope = run.Enter(report);
        await using QemuMachine machine = TestRun.Rom().Build();
        await machine.StartAsync();

        await scope.EndAsync(failed: false);

        Assert.Empty(report.Lines);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public async Task Machine_that_hangs_does_not_hang_its_dump()
    {
        using var run = new TestRun();
        var report = new FakeReport();
        TestScope scope = run.Enter(report);
        await using QemuMachine machine = TestRun.Rom().Build();
        await machine.StartAsync();
        await machine.Console.SendLineAsync("hang");
        using (var stop = Process.Start("kill", ["-STOP", machine.ProcessId!.Value.ToString(CultureInfo.InvariantCulture)]))
            await stop.WaitForExitAsync(TestContext.Current.CancellationToken);

        string? directory = await scope.DumpAsync("as a test", TestWatchdog.DumpLimit).WaitAsync(s_guard);

        Assert.Contains(TestRom.Ready, await FileOf(directory!, "console.log"), StringComparison.Ordinal);
        await machine.KillAsync();
        await scope.EndAsync(failed: false);
    }

    private static async Task<string> DirectoryIn(FakeReport report)
    {
        const string before = "What its machines have to show so far: ";
        using var guard = new CancellationTokenSource(s_guard);
        while (true)
        {
            if (report.Lines.FirstOrDefault(static line => line.Contains(before, StringComparison.Ordinal)) is { } line)
                return line[(line.IndexOf(before, StringComparison.Ordinal) + before.Length)..];
            await Task.Delay(20, guard.Token);
        }
    }

    private static Task<string> FileOf(string directory, string name) =>
        File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(directory, name, SearchOption.AllDirectories)));
}
