using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Qemu.Machine;

namespace Benchmarks;

/// <summary>A clone of a template by <see cref="Process"/>, three sockets and nothing else: no lifeline, no log, no directory, no transcript, no deadline.</summary>
internal sealed class BareClone : IDisposable
{
    private readonly Process _process;
    private readonly Socket _console;
    private readonly BareMonitor _monitor;

    private BareClone(Process process, Socket console, BareMonitor monitor)
    {
        _process = process;
        _console = console;
        _monitor = monitor;
    }

    /// <summary>Starts QEMU, loads the state and lets the guest run.</summary>
    public static BareClone Start(CloneGuest guest, TemplateFiles files, byte[] state)
    {
        string name = BareQemu.NewName();
        string statePath = Path.Combine(Path.GetTempPath(), name);
        using Socket monitors = RawQmp.Listen(name);
        using Socket consoles = RawQmp.Listen(name + "-console");
        var process = Process.Start(new ProcessStartInfo(QemuBinary.Path, RawQmp.Arguments(
            name,
            "-machine", "q35",
            "-chardev", $"socket,id=console0,path={name}-console,abstract=on", "-serial", "chardev:console0",
            "-m", CloneGuest.Memory, "-accel", "tcg",
            "-kernel", guest.Kernel, "-initrd", guest.Initrd, "-append", CloneGuest.Append,
            "-device", "vmgenid,guid=auto",
            "-machine", "memory-backend=template-ram",
            "-object", $"memory-backend-file,id=template-ram,size={CloneGuest.Memory},mem-path={files.Memory},share=off",
            "-incoming", "defer")))!;
        var monitor = new BareMonitor(monitors.Accept());
        Socket console = consoles.Accept();
        monitor.Read();
        monitor.Execute("""{"execute":"qmp_capabilities"}""");
        monitor.Execute("""{"execute":"migrate-set-capabilities","arguments":{"capabilities":[{"capability":"x-ignore-shared","state":true},{"capability":"events","state":true}]}}""");
        monitor.Execute($$$"""{"execute":"migrate-incoming","arguments":{"uri":"unix:{{{statePath}}}"}}""");
        using (var stream = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stream.Connect(new UnixDomainSocketEndPoint(statePath));
            stream.Send(state);
        }

        File.Delete(statePath);

        monitor.WaitUntilMigrated();
        monitor.Execute("""{"execute":"cont"}""");
        return new BareClone(process, console, monitor);
    }

    /// <summary>Until the guest answers.</summary>
    public void Ask()
    {
        _console.Send(Encoding.ASCII.GetBytes(CloneGuest.Question + "\n"));
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!text.ToString().Contains(CloneGuest.Answer, StringComparison.Ordinal))
            text.Append(Encoding.ASCII.GetString(buffer, 0, _console.Receive(buffer)));
    }

    public void Dispose()
    {
        _monitor.Dispose();
        _console.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
