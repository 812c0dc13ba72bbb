using System.Runtime.InteropServices;

namespace Qemu.Testing;

/// <summary>A file of raw bytes that come in pieces, without the secrets among them. Each piece is written at once, but for an end that may be a secret's beginning.</summary>
internal sealed class MaskedFile(SecretMask mask) : IDisposable
{
    /// <summary>What goes on for longer without an end is no secret.</summary>
    private const int MaximumHeld = 64 * 1024;

    private readonly List<byte> _held = [];
    private FileStream? _file;

    /// <summary>Appends a piece.</summary>
    /// <param name="path">The file; it is made with its first byte.</param>
    /// <param name="piece">The bytes.</param>
    public void Append(string path, ReadOnlySpan<byte> piece)
    {
        if (_file is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }

        ReadOnlySpan<byte> bytes = _held.Count == 0 ? piece : [.. _held, .. piece];
        int unfinished = mask.UnfinishedLength(bytes);
        if (unfinished > MaximumHeld)
            unfinished = 0;
        _held.Clear();
        _held.AddRange(bytes[^unfinished..]);
        ReadOnlySpan<byte> whole = bytes[..^unfinished];
        _file.Write(mask.MayHoldSecret(whole) ? mask.Apply(whole) : whole);
    }

    /// <summary>Writes what was held back, and closes the file.</summary>
    public void Finish()
    {
        _file?.Write(mask.Apply(CollectionsMarshal.AsSpan(_held)));
        Dispose();
    }

    public void Dispose()
    {
        _held.Clear();
        _file?.Dispose();
        _file = null;
    }
}
