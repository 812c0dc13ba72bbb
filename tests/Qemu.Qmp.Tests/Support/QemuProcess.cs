using System.Diagnostics;
using System.Net.Sockets;
using Qemu.Qmp;

namespace Tests.Qmp;

/// <summary>A real QEMU with a QMP socket, killed with the test if it has not ended by itself.</summary>
internal sealed class QemuProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    private QemuProcess(Process process, string directory)
    {
        _process = process;
        _directory = directory;
    }

    public static async Task<(QemuProcess Qemu, QmpClient Client)> StartAsync(string machine = "none", QmpClientOptions? options = null)
    {
        string directory = Directory.CreateTempSubdirectory("qmp-test-").FullName;
        string path = Path.Combine(directory, "qmp");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        QemuProcess qemu = new(Process.Start("qemu-system-x86_64", ["-machine", machine, "-accel", "tcg", "-nodefaults", "-display", "none", "-qmp", $"unix:{path}"]), directory);
        try
        {
            Socket socket = await listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask().Soon();
            return (qemu, await QmpClient.ConnectAsync(new QmpUnixStream(socket), options, TestContext.Current.CancellationToken).Soon());
        }
        catch
        {
            await qemu.DisposeAsync();
            throw;
        }
    }

    public void Kill() => _process.Kill();

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
