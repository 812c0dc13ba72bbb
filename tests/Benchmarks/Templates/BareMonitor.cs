using System.Net.Sockets;
using System.Text;

namespace Benchmarks;

/// <summary>A QMP session by blocking calls, that can tell a reply from an event, and no more than that.</summary>
internal sealed class BareMonitor(Socket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Queue<string> _lines = [];
    private string _rest = "";
    private bool _migrated;

    public void Execute(string json)
    {
        socket.Send(Encoding.UTF8.GetBytes(json + "\n"));
        while (true)
        {
            string line = Read();
            if (line.StartsWith("{\"return\"", StringComparison.Ordinal))
                return;
            if (line.StartsWith("{\"error\"", StringComparison.Ordinal))
                throw new InvalidOperationException(line);
            Note(line);
        }
    }

    public void WaitUntilMigrated()
    {
        while (!_migrated)
            Note(Read());
    }

    /// <summary>The next line.</summary>
    public string Read()
    {
        while (_lines.Count == 0)
        {
            int count = socket.Receive(_buffer);
            if (count == 0)
                throw new EndOfStreamException("QEMU closed the monitor.");
            string[] parts = (_rest + Encoding.UTF8.GetString(_buffer, 0, count)).Split("\r\n");
            foreach (string line in parts[..^1])
                _lines.Enqueue(line);
            _rest = parts[^1];
        }

        return _lines.Dequeue();
    }

    public void Dispose() => socket.Dispose();

    private void Note(string line) => _migrated |= line.Contains("\"MIGRATION\"", StringComparison.Ordinal) && line.Contains("\"completed\"", StringComparison.Ordinal);
}
