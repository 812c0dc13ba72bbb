using System.Diagnostics;

namespace Tests.Qemu.Machine;

/// <summary>Another process that builds a template in a cache, one step at a time.</summary>
internal sealed class BuilderProcess : IDisposable
{
    private readonly Process _process;

    private BuilderProcess(Process process) => _process = process;

    public static BuilderProcess Start(string cache, string memoryDirectory)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "DyingHost");
        return new BuilderProcess(Process.Start(
            new ProcessStartInfo(program, [TestRom.Path, cache, "template", memoryDirectory]) { RedirectStandardInput = true, RedirectStandardOutput = true })!);
    }

    /// <summary>Its machine is ready to be saved.</summary>
    public async Task WaitUntilBootedAsync() => Assert.Equal("BOOTED", await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

    /// <summary>Lets it save the machine.</summary>
    public void GoOn() => _process.StandardInput.WriteLine();

    /// <summary>How its machine came up in the end.</summary>
    public Task<string?> ReadKindAsync() => _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();

    public async Task KillAsync()
    {
        ProcessTable.Signal(_process.Id, ProcessTable.SigKill);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
