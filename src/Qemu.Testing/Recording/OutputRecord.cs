namespace Qemu.Testing;

/// <summary>Reads a test's own output as it grows. Asking for it copies it, so that long output is asked for less often.</summary>
internal sealed class OutputRecord(Func<string?> read)
{
    private const int LongOutput = 256 * 1024;

    private int _position;
    private int _skips;
    private bool _ended;

    /// <summary>Gives the lines that were completed since the last time; at the last time, what has no line end too. What comes after that is not the test's.</summary>
    public void ReadNew(long timestamp, Action<long, string> emit, bool last)
    {
        if (_ended || (!last && _skips-- > 0))
            return;
        _ended = last;
        string output = Read();
        _skips = output.Length / LongOutput * 8;
        while (_position < output.Length)
        {
            int end = output.IndexOf('\n', _position);
            if (end < 0 && !last)
                return;
            int next = end < 0 ? output.Length : end + 1;
            emit(timestamp, output[_position..(end < 0 ? output.Length : end)].TrimEnd('\r'));
            _position = next;
        }
    }

    private string Read()
    {
        try
        {
            return read() ?? "";
        }
        catch (InvalidOperationException)
        {
            return ""; // the test has ended, and its output with it
        }
    }
}
