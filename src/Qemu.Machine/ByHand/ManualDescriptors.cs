using System.Globalization;
using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>Descriptors that a person's shell opens anew, by the files behind them.</summary>
internal sealed class ManualDescriptors : IDescriptorPassing
{
    /// <summary>A POSIX shell redirects numbers of one digit only.</summary>
    private const int First = 3;

    private readonly List<(int Number, string? Path)> _files = [];

    /// <summary>The number of each, and the file behind it; null where there is none that could be opened again.</summary>
    public IReadOnlyList<(int Number, string? Path)> Files => _files;

    public int Pass(SafeHandle handle)
    {
        _files.Add((First + _files.Count, PathOf(handle)));
        return _files[^1].Number;
    }

    /// <summary>Left to the person: a companion's sockets belonged to a life that is over.</summary>
    public void TakeAlong(CompanionProgram companion) => companion.Dispose();

    private static string? PathOf(SafeHandle handle)
    {
        if (handle is { IsClosed: true } or { IsInvalid: true })
            return null;
        string link = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}");
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName is { } path && File.Exists(path) ? path : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
