using System.Buffers;

namespace Qemu.Machine;

/// <summary>Reads a console from a place on and splits it at the markers of one command's script.</summary>
internal sealed class ShellConversation(QemuConsole console)
{
    private const int ReadSize = 64 * 1024;

    private byte[] _pending = new byte[ReadSize];
    private int _length;
    private int _searched;
    private long _offset = console.Mark.Offset;
    private ShellMarker _marker = new("");

    /// <summary>Markers carry this number from now on.</summary>
    public void Expect(string nonce)
    {
        _marker = new ShellMarker(nonce);
        _searched = 0;
    }

    /// <summary>The letter of the next marker.</summary>
    /// <param name="before">Takes what comes before the marker; null drops it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<char> NextAsync(IBufferWriter<byte>? before, CancellationToken cancellationToken)
    {
        while (true)
        {
            char? letter = _marker.Find(_pending.AsSpan(0, _length), ref _searched, out int length);
            before?.Write(_pending.AsSpan(0, _searched));
            Drop(_searched + length);
            if (letter is not null)
                return letter.Value;
            await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Drop(int count)
    {
        _pending.AsSpan(count, _length - count).CopyTo(_pending);
        _length -= count;
        _searched = 0;
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        // A marker cut by many kernel messages can outgrow the buffer.
        if (_pending.Length - _length < ReadSize / 2)
            Array.Resize(ref _pending, _pending.Length * 2);
        while (true)
        {
            int count = console.Transcript.Read(ref _offset, _pending.AsSpan(_length));
            _offset += count;
            _length += count;
            if (count > 0)
                return;
            await console.Transcript.WaitForMoreThanAsync(_offset, cancellationToken).ConfigureAwait(false);
        }
    }
}
