using System.Diagnostics;

namespace Tests.Reliability;

/// <summary>Keeps the host busy with processes that only compute.</summary>
internal sealed class HostLoad : IDisposable
{
    private readonly Process[] _processes;

    public HostLoad(int processes) =>
        _processes = [.. Enumerable.Range(0, processes).Select(static _ => Process.Start("sh", ["-c", "while :; do :; done"]))];

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.Dispose();
        }
    }
}
