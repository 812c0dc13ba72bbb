using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>What a child process is started with.</summary>
/// <param name="Executable">Absolute path of the program.</param>
/// <param name="Arguments">The arguments after argv[0].</param>
/// <param name="Output">Where stdout and stderr go; null: nowhere.</param>
/// <param name="Descriptors">Each further descriptor that the child gets, with its number there; nothing else is inherited.</param>
internal sealed record SpawnRequest(
    string Executable,
    IReadOnlyList<string> Arguments,
    SafeHandle? Output,
    IReadOnlyList<(SafeHandle Source, int Target)> Descriptors)
{
    /// <summary>Whether it is killed as soon as somebody stops it: standing still it is worse than gone.</summary>
    public bool EndsWhenStopped { get; init; }
}
