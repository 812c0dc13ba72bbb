using System.Diagnostics;
using System.Net.Sockets;

namespace Benchmarks;

/// <summary>QEMU by <see cref="Process"/> and a bare socket, without a lifeline, a log or a directory.</summary>
internal sealed class BareQemu : IDisposable
{
    private static int s_count;

    private readonly Process _process;

    private BareQemu(Process process, RawQmp qmp)
    {
        _process = process;
        Qmp = qmp;
    }

    public RawQmp Qmp { get; }

    /// <summary>Starts QEMU; returns when its monitor takes commands.</summary>
    public static BareQemu Start(params string[] arguments)
    {
        string name = NewName();
        using Socket listener = RawQmp.Listen(name);
        var process = Process.Start(new ProcessStartInfo(QemuBinary.Path, RawQmp.Arguments(name, arguments)))!;
        var qmp = new RawQmp(listener.Accept());
        qmp.Negotiate();
        return new BareQemu(process, qmp);
    }

    public static string NewName() => $"qemu-bench-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";

    public void Dispose()
    {
        Qmp.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
