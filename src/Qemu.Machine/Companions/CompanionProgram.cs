using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>A program to be started beside QEMU.</summary>
/// <param name="Name">What it is called in messages and files.</param>
/// <param name="Program">A path, or a name on PATH.</param>
/// <param name="Arguments">Its arguments, <see cref="Directory"/> not yet replaced.</param>
/// <param name="Descriptors">What it gets besides the standard three, and the numbers there. They are closed here once it has its own.</param>
internal sealed record CompanionProgram(
    string Name,
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<(SafeHandle Source, int Target)> Descriptors) : IDisposable
{
    /// <summary>Stands in the arguments for a directory that is the companion's own and goes with the machine.</summary>
    public const string Directory = "{directory}";

    public void Dispose()
    {
        foreach ((SafeHandle source, _) in Descriptors)
            source.Dispose();
    }
}
