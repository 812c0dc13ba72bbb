using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Qemu.Machine;

/// <summary>
/// An Ethernet segment between machines of this process: every frame reaches every other machine on it. It needs neither
/// privileges nor ports on the host, and nothing outside reaches it. It must outlive its machines. Thread-safe.
/// </summary>
public sealed class QemuNetwork : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<NetworkPort, Task> _ports = [];
    private readonly List<PcapWriter> _captures = [];
    private readonly byte[] _macPrefix;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private int _macCount;
    private volatile bool _isCut;
    private bool _disposed;

    /// <summary>Creates a segment.</summary>
    /// <param name="name">Its name in logs.</param>
    /// <param name="timeProvider">The clock of captures; null: the system's.</param>
    /// <param name="logger">Where it logs; null: nowhere.</param>
    public QemuNetwork(string name = "network", TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        Name = name;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger.Instance;

        // QEMU's own range; two random bytes keep segments apart that a guest joins.
        _macPrefix = [0x52, 0x54, 0x00, .. RandomNumberGenerator.GetBytes(2)];
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How many machines are connected.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _ports.Count;
        }
    }

    /// <summary>Whether frames are lost, all of them, while each machine's link stays up: as if a switch failed. Default: no.</summary>
    public bool IsCut
    {
        get => _isCut;
        set => _isCut = value;
    }

    /// <summary>Writes all frames of the segment to a pcap file until the result is disposed of. When the running test fails, its artefacts have a copy.</summary>
    public IDisposable CaptureTo(string path)
    {
        string file = Path.GetFullPath(path);
        var capture = new PcapWriter(file);
        MachineScope.Current?.AddEvidence(file);
        lock (_gate)
            _captures.Add(capture);
        return capture;
    }

    /// <summary>Ends the segment: its machines' cables lead nowhere from here on.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _disposed = true;
            running = [.. _ports.Values];
            foreach (NetworkPort port in _ports.Keys)
                port.Dispose();
            foreach (PcapWriter capture in _captures)
                capture.Dispose();
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    /// <summary>An address that no other card of the segment has.</summary>
    internal string NextMacAddress()
    {
        int number = Interlocked.Increment(ref _macCount);
        return number <= byte.MaxValue
            ? string.Join(':', _macPrefix.Append((byte)number).Select(value => value.ToString("x2", CultureInfo.InvariantCulture)))
            : throw new QemuConfigurationException($"The segment {Name} has given out 255 addresses: name the card's own.");
    }

    /// <summary>Connects this end of a cable.</summary>
    internal void Plug(DescriptorPair cable)
    {
        lock (_gate)
        {
            if (_disposed)
                throw new QemuConfigurationException($"The segment {Name} was disposed of: it must outlive its machines.");
            var port = new NetworkPort(new NetworkStream(new Socket((SafeSocketHandle)cable.TakeOurs()), ownsSocket: true));
            using (ExecutionContext.SuppressFlow())
                _ports.Add(port, Task.Run(() => RunAsync(port)));
        }
    }

    private async Task RunAsync(NetworkPort port)
    {
        await port.RunAsync(Forward, _logger).ConfigureAwait(false);
        lock (_gate)
            _ports.Remove(port);
    }

    /// <summary>False for a capture that has ended, or ends now because its file takes no more: that is no reason to lose frames.</summary>
    private bool TryCapture(PcapWriter capture, ReadOnlySpan<byte> frame)
    {
        try
        {
            return capture.TryWrite(frame, _timeProvider.GetUtcNow());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning(error, "The capture of network {Network} to {Path} is cut off here", Name, capture.Path);
            return false;
        }
    }

    private void Forward(NetworkPort from, ReadOnlyMemory<byte> frame)
    {
        if (_isCut)
            return;
        lock (_gate)
        {
            _captures.RemoveAll(capture => !TryCapture(capture, frame.Span));
            foreach (NetworkPort port in _ports.Keys)
            {
                if (port != from)
                    port.Send(frame);
            }
        }
    }
}
