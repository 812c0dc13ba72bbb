using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>A way to bring a machine back to how it was when it became ready. The handle stays the same.</summary>
internal interface IResetMethod
{
    /// <summary>The way in a few words, for messages: <c>cold boot</c>.</summary>
    string Name { get; }

    /// <summary>Ends when the machine is ready again, whatever state it was in.</summary>
    Task ResetAsync(QemuMachine machine, CancellationToken cancellationToken);
}
