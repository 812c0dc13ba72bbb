namespace Qemu.Machine;

/// <summary>The members of an archive by name, with the rules that a directory tree keeps.</summary>
internal sealed class CpioTree
{
    private const UnixFileMode DirectoryMode = HostFile.ExecutableMode;

    private readonly SortedDictionary<string, CpioEntry> _entries = new(StringComparer.Ordinal);

    public CpioTree()
    {
    }

    public CpioTree(CpioTree other)
    {
        foreach (CpioEntry entry in other._entries.Values)
            Add(entry);
    }

    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Adds a member; a directory may be added again, and the last permissions hold.</summary>
    public void Add(CpioEntry entry)
    {
        if (_entries.TryGetValue(entry.Name, out CpioEntry? present) && !(present.IsDirectory && entry.IsDirectory))
            throw new ArgumentException($"/{entry.Name} is in the initramfs already.", nameof(entry));

        _entries[entry.Name] = entry;
    }

    /// <summary>Adds a default, which yields to whatever the author put at or above that place.</summary>
    public void AddUnlessTaken(CpioEntry entry)
    {
        if (!GuestPath.Parents(entry.Name).Any(parent => _entries.TryGetValue(parent, out CpioEntry? present) && !present.IsDirectory))
            _entries.TryAdd(entry.Name, entry);
    }

    /// <summary>All members with the directories they need, each directory before what it holds.</summary>
    public IReadOnlyCollection<CpioEntry> InOrder()
    {
        foreach (string name in _entries.Keys.ToArray())
        {
            foreach (string parent in GuestPath.Parents(name))
            {
                if (!_entries.TryGetValue(parent, out CpioEntry? present))
                    _entries.Add(parent, CpioEntry.Directory(parent, DirectoryMode));
                else if (!present.IsDirectory)
                    throw new GuestImageException($"/{name} cannot be placed: /{parent} is in the initramfs as something else than a directory.");
            }
        }

        // Ordinal order of the keys: a name sorts before every longer one that starts with it.
        return _entries.Values;
    }
}
