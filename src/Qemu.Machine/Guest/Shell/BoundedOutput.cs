using System.Buffers;

namespace Qemu.Machine;

/// <summary>Gathers a command's output up to a limit.</summary>
internal sealed class BoundedOutput(string command, int maximum) : IBufferWriter<byte>
{
    private readonly ArrayBufferWriter<byte> _written = new();

    public ReadOnlySpan<byte> Written => _written.WrittenSpan;

    public void Advance(int count)
    {
        if (_written.WrittenCount + (long)count > maximum)
            throw new GuestShellException($"`{command}` wrote more than {maximum} bytes, the maximum that its options allow. The next command interrupts it.");
        _written.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _written.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _written.GetSpan(sizeHint);
}
