using System.Runtime.InteropServices;

namespace Qemu.Qmp;

/// <summary>
/// Implemented by a <see cref="Stream"/> that can carry file descriptors next to its bytes; <see cref="QmpUnixStream"/> is one.
/// A client whose stream does not implement it refuses descriptors with <see cref="QmpDescriptorException"/>.
/// </summary>
public interface IQmpDescriptorTransport
{
    /// <summary>Writes bytes; the descriptor goes with the first of them. Never called at the same time as another write.</summary>
    /// <param name="bytes">At least one byte.</param>
    /// <param name="descriptor">Stays open, and the caller's, during the call.</param>
    /// <param name="cancellationToken">Cancelled when the session ends.</param>
    /// <exception cref="QmpDescriptorException">The descriptor was refused, and no byte was written.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, SafeHandle descriptor, CancellationToken cancellationToken);
}
