using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>Renders channels and descriptors by their names only: what they are numbered does not matter to a template.</summary>
internal sealed class NamedChannels : IMachineTransport, IDescriptorPassing
{
    public string Open(string name) => "name=" + name;

    public ValueTask<Stream> ConnectAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public int Pass(SafeHandle handle) => 0;

    public string? TakeAlong(CompanionOption companion) => companion.HasSocket || companion.HasListener ? "fd=0" : null;

    public void Dispose()
    {
    }
}
