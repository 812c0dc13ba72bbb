using System.Net.Sockets;
using System.Text;
using Qemu.Qmp;

namespace Benchmarks;

/// <summary>A peer that greets, agrees, and on the first command sends events from a thread of its own as fast as they are taken.</summary>
internal sealed class EventPeer : IDisposable
{
    private const int EventsPerWrite = 200;

    private readonly Socket _socket;
    private readonly int _events;

    private EventPeer(Socket socket, int events)
    {
        _socket = socket;
        _events = events;
        new Thread(Run) { IsBackground = true }.Start();
    }

    /// <summary>Gives a peer, and the stream that leads to it.</summary>
    public static EventPeer Create(int events, out QmpUnixStream stream)
    {
        using Socket listener = RawQmp.Listen(BareQemu.NewName());
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(listener.LocalEndPoint!);
        stream = new QmpUnixStream(listener.Accept());
        return new EventPeer(socket, events);
    }

    public void Dispose() => _socket.Dispose();

    private void Run()
    {
        byte[] buffer = new byte[4096];
        Send("""{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}""");
        _socket.Receive(buffer);
        Send("""{"return": {}, "id": 0}""");
        _socket.Receive(buffer);
        byte[] events = [.. Enumerable.Repeat(Line("""{"timestamp": {"seconds": 1700000000, "microseconds": 123456}, "event": "RESET", "data": {"guest": false, "reason": "host-qmp-system-reset"}}"""), EventsPerWrite).SelectMany(line => line)];
        for (int sent = 0; sent < _events; sent += EventsPerWrite)
            _socket.Send(events);
    }

    private void Send(string line) => _socket.Send(Line(line));

    private static byte[] Line(string line) => Encoding.UTF8.GetBytes(line + "\r\n");
}
