using System.Net.Sockets;
using System.Text;

namespace Benchmarks;

/// <summary>QMP by blocking calls on a bare socket: what nothing can be quicker than.</summary>
internal sealed class RawQmp(Socket socket) : IDisposable
{
    private static readonly byte[] s_capabilities = "{\"execute\":\"qmp_capabilities\"}\n"u8.ToArray();
    private static readonly byte[] s_queryStatus = "{\"execute\":\"query-status\"}\n"u8.ToArray();
    private static readonly byte[] s_queryStatusWithId = "{\"execute\":\"query-status\",\"id\":1}\n"u8.ToArray();
    private static readonly byte[] s_quit = "{\"execute\":\"quit\"}\n"u8.ToArray();

    private readonly byte[] _buffer = new byte[64 * 1024];

    public static Socket Listen(string abstractName)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint("\0" + abstractName));
        listener.Listen(1);
        return listener;
    }

    /// <summary>The arguments that make QEMU dial in; the same options besides as a machine gives.</summary>
    public static string[] Arguments(string abstractName, params string[] arguments) =>
        ["-display", "none", "-vga", "none", "-chardev", $"socket,id=qmp,path={abstractName},abstract=on", "-mon", "chardev=qmp,mode=control", .. arguments];

    /// <summary>Greeting, capabilities, reply.</summary>
    public void Negotiate()
    {
        ReadLines(1);
        socket.Send(s_capabilities);
        ReadLines(1);
    }

    /// <summary>Whether commands carry an id, as those of a client must that has several on their way and events between.</summary>
    public bool SendsIds { get; set; }

    private byte[] Command => SendsIds ? s_queryStatusWithId : s_queryStatus;

    /// <summary>One command, one reply.</summary>
    public void QueryStatus()
    {
        socket.Send(Command);
        ReadLines(1);
    }

    /// <summary>The same without blocking a thread.</summary>
    public async Task QueryStatusAsync()
    {
        await socket.SendAsync(Command);
        int lines = 0;
        while (lines == 0)
            lines += Count(await socket.ReceiveAsync(_buffer));
    }

    /// <summary>Commands with so many always on their way: one more goes out for each reply.</summary>
    public void QueryStatus(int count, int inFlight)
    {
        byte[] first = [.. Enumerable.Repeat(Command, inFlight).SelectMany(bytes => bytes)];
        socket.Send(first);
        int sent = inFlight;
        int received = 0;
        while (received < count)
        {
            int replies = Receive();
            received += replies;
            int next = Math.Min(replies, count - sent);
            if (next > 0)
                socket.Send(first.AsSpan(0, next * Command.Length));
            sent += next;
        }
    }

    /// <summary>Sends <c>quit</c> and reads to the end.</summary>
    public void Quit()
    {
        socket.Send(s_quit);
        try
        {
            while (socket.Receive(_buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // QEMU went away with something of ours unread.
        }
    }

    public void Dispose() => socket.Dispose();

    private void ReadLines(int count)
    {
        while (count > 0)
            count -= Receive();
    }

    private int Receive() => Count(socket.Receive(_buffer));

    private int Count(int bytes) => bytes > 0
        ? _buffer.AsSpan(0, bytes).Count((byte)'\n')
        : throw new EndOfStreamException("QEMU closed the connection: " + Encoding.UTF8.GetString(_buffer, 0, 200));
}
