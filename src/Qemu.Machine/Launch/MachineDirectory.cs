using System.Security.Cryptography;

namespace Qemu.Machine;

/// <summary>
/// A machine's own directory, <c>qemu-machine-*</c>, mode 0700: made when first needed, removed at the end.
/// </summary>
/// <remarks>
/// A lock file inside is held as long as the owner lives, and the kernel lets go of it however the owner dies; the next
/// process that makes a directory under the same root removes those whose lock is free, and ends what still runs of theirs.
/// </remarks>
internal sealed class MachineDirectory(string? root)
{
    private const string Prefix = "qemu-machine-";

    /// <summary>Between making a directory and its lock file lies no more than this.</summary>
    private static readonly TimeSpan s_makingLimit = TimeSpan.FromMinutes(1);

    private static readonly Lock s_sweepGate = new();
    private static readonly HashSet<string> s_sweptRoots = [];

    private readonly Lock _gate = new();
    private readonly string _root = Path.GetFullPath(root ?? Path.GetTempPath());
    private string? _path;
    private MachineOwner? _owner;
    private bool _closed;

    /// <summary>The directory's path; made now when there is none.</summary>
    /// <exception cref="IOException">The root does not exist or cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The root may not be written to.</exception>
    /// <exception cref="ObjectDisposedException">The machine was disposed of.</exception>
    public string GetOrCreate()
    {
        lock (_gate)
        {
            if (_path is not null)
                return _path;
            ObjectDisposedException.ThrowIf(_closed, typeof(QemuMachine));
            SweepOnce();
            _path = MakeDirectory();
            _owner = MachineOwner.Own(_path);
            return _path;
        }
    }

    /// <summary>Notes a process of the machine's, for whoever finds the directory without an owner.</summary>
    public void Note(ProcessIdentity process)
    {
        lock (_gate)
            _owner?.Note(process);
    }

    /// <summary>Removes the directory with all that is in it; one that is already gone is fine.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            // Until it is gone the lock is held, so that no sweep comes in between.
            using MachineOwner? owner = _owner;
            (string? path, _path, _owner) = (_path, null, null);
            if (path is null)
                return;

            // Most often nothing else is in it by now, and looking would take longer than all the rest.
            _ = Libc.Remove(MachineOwner.PathIn(path));
            if (!Libc.Remove(path) && Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>Removes the directory; there will not be another.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;
        Delete();
    }

    private string MakeDirectory()
    {
        if (!Directory.Exists(_root))
            throw new DirectoryNotFoundException($"The directory for temporary files, '{_root}', does not exist.");
        while (true)
        {
            string path = Path.Combine(_root, Prefix + RandomNumberGenerator.GetHexString(12, lowercase: true));
            if (Libc.MakeDirectory(path))
                return path;
        }
    }

    private void SweepOnce()
    {
        lock (s_sweepGate)
        {
            if (!s_sweptRoots.Add(_root) || !Directory.Exists(_root))
                return;
        }

        // A root that may be written to need not be one that may be listed.
        foreach (string directory in Directory.EnumerateDirectories(_root, Prefix + "*", new EnumerationOptions { IgnoreInaccessible = true }))
            RemoveIfOwnerIsGone(directory);
    }

    private static void RemoveIfOwnerIsGone(string directory)
    {
        try
        {
            // Another user's, also where that is root's to remove: its owner could swap parts of it for links meanwhile.
            if (new DirectoryInfo(directory).LinkTarget is not null || Libc.OwnerOf(directory) != Libc.GetEffectiveUserId())
                return;

            if (!File.Exists(MachineOwner.PathIn(directory)))
            {
                // It is being made or removed right now, or its owner died in the middle of that.
                if (TimeProvider.System.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(directory) > s_makingLimit)
                    Directory.Delete(directory, recursive: true);
                return;
            }

            using var owner = MachineOwner.Inherit(directory);
            owner.KillProcesses();
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has an owner that lives, belongs to another user, or another process swept it first.
        }
    }
}
