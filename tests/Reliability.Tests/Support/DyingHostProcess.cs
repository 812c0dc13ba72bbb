using System.Diagnostics;
using System.Globalization;

namespace Tests.Reliability;

/// <summary>A process that owns machines and dies: see tests/DyingHost.</summary>
internal sealed class DyingHostProcess : IDisposable
{
    private readonly Process _process;

    private DyingHostProcess(Process process) => _process = process;

    /// <summary>The process and all that it started.</summary>
    public MarkedProcesses Family { get; private init; } = new();

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "DyingHost");

    /// <summary>Starts it under a temp root, with its machine in a state, to die in some way.</summary>
    public static DyingHostProcess Start(string tempRoot, string state, string death, params string[] wrapper) =>
        Start(Program, [TestRom.Path, tempRoot, state, death, .. wrapper]);

    /// <summary>Starts it through another program.</summary>
    public static DyingHostProcess Start(string program, IEnumerable<string> arguments)
    {
        Assert.SkipUnless(Programs.Exists("qemu-system-x86_64"), "needs qemu-system-x86_64 on PATH");
        var family = new MarkedProcesses();
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        family.Mark(start);
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return new DyingHostProcess(process) { Family = family };
    }

    /// <summary>Waits for its machine to be in the state it should die in; returns QEMU's process id.</summary>
    public async Task<int> ReadyAsync()
    {
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _process.StandardOutput.ReadLineAsync(guard.Token) is { } line)
        {
            // In a terminal .NET says something to the terminal first.
            if (line.IndexOf("ready ", StringComparison.Ordinal) is >= 0 and var at)
                return int.Parse(line[(at + 6)..], CultureInfo.InvariantCulture);
        }

        Assert.Fail("The host ended before its machine was ready.");
        return 0;
    }

    public void Kill() => _process.Kill();

    public void Signal(int signal) => ProcessDescriptor.Signal(_process.Id, signal);

    /// <summary>Types into its terminal, where it has one.</summary>
    public async Task TypeAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    public void WaitForExit() => Assert.True(ProcessDescriptor.WaitForExit(_process.Id, TimeSpan.FromSeconds(30)), "The host did not die.");

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
