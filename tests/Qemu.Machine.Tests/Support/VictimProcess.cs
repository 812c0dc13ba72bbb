using System.Diagnostics;
using System.Globalization;

namespace Tests.Qemu.Machine;

/// <summary>A test process for the tests to kill: <c>Qemu.Machine.Tests.Victim</c>.</summary>
internal sealed class VictimProcess : IDisposable
{
    private readonly Process _process;

    private VictimProcess(Process process, IReadOnlyList<int> machines) => (_process, Machines) = (process, machines);

    /// <summary>QEMU's process ids.</summary>
    public IReadOnlyList<int> Machines { get; }

    public int ProcessId => _process.Id;

    public static async Task<VictimProcess> StartAsync(string root, int count, string kind)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Qemu.Machine.Tests.Victim");
        Process process = Process.Start(new ProcessStartInfo(program, [root, count.ToString(CultureInfo.InvariantCulture), kind]) { RedirectStandardOutput = true })!;
        var machines = new List<int>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "READY")
                return new VictimProcess(process, machines);
            machines.Add(int.Parse(line, CultureInfo.InvariantCulture));
        }

        throw new InvalidOperationException("The victim ended before it was ready.");
    }

    /// <summary>SIGKILL: no finaliser, no handler, nothing of it runs any more.</summary>
    public async Task KillAsync()
    {
        ProcessTable.Signal(_process.Id, ProcessTable.SigKill);
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
