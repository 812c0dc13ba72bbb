using System.Runtime.InteropServices;

namespace Qemu.Qmp;

// Writes commands whole and in order. Whoever finds the writer idle writes, on its own thread; what others add meanwhile goes out together with the next write.
internal sealed class CommandWriter : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly Stream _stream;
    private readonly Action<Exception> _failed;
    private readonly SessionObserver _observer;
    private readonly CancellationToken _stopping;
    private readonly TaskCompletionSource _idleAfterStop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CommandBatch _filling = new();
    private CommandBatch _writing = new();
    private bool _isWriting;
    private bool _isStopped;

    // `failed` hears of the first write that fails; `stopping` ends a write that is under way.
    public CommandWriter(Stream stream, SessionObserver observer, Action<Exception> failed, CancellationToken stopping)
    {
        _stream = stream;
        _observer = observer;
        _failed = failed;
        _stopping = stopping;
    }

    public void Send(QmpCommand command, long id)
    {
        bool write;
        lock (_gate)
        {
            if (_isStopped)
                return;

            _observer.Sent(_filling.Add(command, id));
            write = StartWriting();
        }

        if (write)
            _ = WriteAsync();   // never throws; DisposeAsync waits for it
    }

    // The descriptor rides on the command, or on a blank when there is none. The task completes when it was handed to the transport.
    public Task SendDescriptorAsync(SafeHandle descriptor, QmpCommand? command, long id)
    {
        if (_stream is not IQmpDescriptorTransport)
            throw new QmpDescriptorException($"A {_stream.GetType().Name} cannot carry file descriptors. Connect over a Unix socket with {nameof(QmpUnixStream)}.");

        OutgoingDescriptor outgoing;
        bool write;
        lock (_gate)
        {
            if (_isStopped)
                return Task.CompletedTask;

            outgoing = new OutgoingDescriptor(descriptor, start: _filling.Text.Length);
            if (command is null)
                _filling.AddBlank();
            else
                _observer.Sent(_filling.Add(command, id));

            outgoing.End = _filling.Text.Length;
            _filling.Descriptors.Add(outgoing);
            write = StartWriting();
        }

        if (write)
            _ = WriteAsync();

        return outgoing.Task;
    }

    // Ends once no write is under way. The stream must be closed or the stopping token cancelled before.
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopped = true;
            if (!_isWriting)
                _idleAfterStop.TrySetResult();
        }

        await _idleAfterStop.Task.ConfigureAwait(false);
        _filling.Dispose();
        _writing.Dispose();
    }

    private bool StartWriting()
    {
        bool start = !_isWriting;
        _isWriting = true;
        return start;
    }

    private async Task WriteAsync()
    {
        try
        {
            while (TakeBatch())
            {
                await WriteBatchAsync(_writing).ConfigureAwait(false);
                await _stream.FlushAsync(_stopping).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // What can be done about it is the session's business: it ends with this as its cause.
            Stop();
            _failed(error);
        }
    }

    private bool TakeBatch()
    {
        lock (_gate)
        {
            _writing.Clear();
            if (_isStopped || _filling.IsEmpty)
            {
                EndWriting();
                return false;
            }

            (_writing, _filling) = (_filling, _writing);
            return true;
        }
    }

    private void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            _writing.Clear();
            EndWriting();
        }
    }

    private void EndWriting()
    {
        _isWriting = false;
        if (!_isStopped)
            return;

        _filling.Clear();
        _idleAfterStop.TrySetResult();
    }

    private async ValueTask WriteBatchAsync(CommandBatch batch)
    {
        int written = 0;
        foreach (OutgoingDescriptor outgoing in batch.Descriptors)
        {
            if (outgoing.Start > written)
                await _stream.WriteAsync(batch.Text[written..outgoing.Start], _stopping).ConfigureAwait(false);

            await WriteDescriptorAsync(outgoing, batch.Text[outgoing.Start..outgoing.End]).ConfigureAwait(false);
            written = outgoing.End;
        }

        if (written < batch.Text.Length)
            await _stream.WriteAsync(batch.Text[written..], _stopping).ConfigureAwait(false);
    }

    private async ValueTask WriteDescriptorAsync(OutgoingDescriptor outgoing, ReadOnlyMemory<byte> text)
    {
        try
        {
            await ((IQmpDescriptorTransport)_stream).WriteAsync(text, outgoing.Handle, _stopping).ConfigureAwait(false);
            outgoing.Sent();
        }
        catch (Exception error) when (error is QmpDescriptorException or PlatformNotSupportedException)
        {
            // Refused before its first byte went out: only this command fails, and the others are written.
            outgoing.Refused(error);
        }
    }
}
