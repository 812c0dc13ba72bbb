using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FakeQemu;

/// <summary>The program's end of a chardev: bytes in and out, blocking.</summary>
internal sealed class Channel(Stream stream) : IDisposable
{
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Opens the chardev of that id, by its descriptor or by dialling its path; null when there is none.</summary>
    public static Channel? Open(string[] arguments, string id)
    {
        string? chardev = arguments.FirstOrDefault(argument => argument.StartsWith($"socket,id={id},", StringComparison.Ordinal));
        if (chardev is null)
            return null;
        string address = chardev.Split(',')[2];
        if (address.StartsWith("fd=", StringComparison.Ordinal))
        {
            var descriptor = new SafeFileHandle(int.Parse(address[3..], CultureInfo.InvariantCulture), ownsHandle: true);
            return new Channel(new FileStream(descriptor, FileAccess.ReadWrite, bufferSize: 0));
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string name = address["path=".Length..];
        bool isAbstract = chardev.Split(',').Contains("abstract=on");
        socket.Connect(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : name));
        return new Channel(new NetworkStream(socket, ownsSocket: true));
    }

    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    /// <summary>The next line; null at the end.</summary>
    public string? ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end && (_end = stream.Read(_buffer)) <= (_start = 0))
                return null;
            char next = (char)_buffer[_start++];
            if (next == '\n')
                return line.ToString();
            line.Append(next);
        }
    }

    public void Dispose() => stream.Dispose();
}
