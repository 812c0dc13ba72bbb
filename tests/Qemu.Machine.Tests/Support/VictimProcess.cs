using System.Diagnostics;
using System.Globalization;

namespace Tests.Qemu.Machine;

/// <summary>A test process for the tests to kill: see tests/DyingHost. Its machines are named after the root.</summary>
internal sealed class VictimProcess : IDisposable
{
    private readonly Process _process;

    private VictimProcess(Process process, IReadOnlyList<int> machines) => (_process, Machines) = (process, machines);

    /// <summary>QEMU's process ids.</summary>
    public IReadOnlyList<int> Machines { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it with machines in a state, such as <c>idle</c>.</summary>
    public static async Task<VictimProcess> StartAsync(string root, int count, string state, params string[] wrapper)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "DyingHost");
        string machine = string.Create(CultureInfo.InvariantCulture, $"{state}*{count}");
        Process process = Process.Start(new ProcessStartInfo(program, [TestRom.Path, root, machine, "wait", .. wrapper]) { RedirectStandardOutput = true })!;
        var machines = new List<int>();
        while (machines.Count < count && await process.StandardOutput.ReadLineAsync() is { } line)
            machines.Add(int.Parse(line["ready ".Length..], CultureInfo.InvariantCulture));
        return machines.Count == count
            ? new VictimProcess(process, machines)
            : throw new InvalidOperationException("The victim ended before it was ready.");
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
