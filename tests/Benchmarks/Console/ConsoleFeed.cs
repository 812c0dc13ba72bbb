using System.Net.Sockets;
using Qemu.Qmp;

namespace Benchmarks;

/// <summary>A guest that prints lines as fast as they are taken, from a thread of its own.</summary>
internal sealed class ConsoleFeed
{
    private const int ChunkSize = 64 * 1024;

    private readonly Socket _writing;
    private readonly long _length;
    private readonly byte[]? _last;

    private ConsoleFeed(Socket writing, Socket reading, long length, string? last)
    {
        _writing = writing;
        _length = length;
        _last = last is null ? null : System.Text.Encoding.UTF8.GetBytes(last);
        Reading = reading;
    }

    public Socket Reading { get; }

    /// <summary>Prints so many bytes of lines, then the last words, then closes.</summary>
    public static ConsoleFeed Create(long length, string? last = null)
    {
        using Socket listener = RawQmp.Listen(BareQemu.NewName());
        var writing = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        writing.Connect(listener.LocalEndPoint!);
        return new ConsoleFeed(writing, listener.Accept(), length, last);
    }

    public QmpUnixStream OpenStream() => new(Reading);

    public Thread Start()
    {
        var thread = new Thread(Run);
        thread.Start();
        return thread;
    }

    private void Run()
    {
        byte[] line = "[    0.123456] a line of kernel messages, neither short nor long, as they go by in a boot\r\n"u8.ToArray();
        byte[] chunk = new byte[ChunkSize];
        for (int i = 0; i < chunk.Length; i++)
            chunk[i] = line[i % line.Length];
        for (long sent = 0; sent < _length; sent += chunk.Length)
            _writing.Send(chunk);
        if (_last is not null)
            _writing.Send(_last);
        _writing.Dispose();
    }
}
