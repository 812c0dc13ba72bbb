using System.Globalization;

namespace Tests.Reliability;

/// <summary>
/// The descriptors that this process has open at a moment, by what they lead to. Those of the runtime's own are left out: it keeps two for each assembly that it has
/// loaded, and one for symbols that a stack trace wanted, and loads both whenever some code first runs.
/// </summary>
internal sealed class DescriptorCensus
{
    private readonly IReadOnlyDictionary<int, string> _targets;

    private DescriptorCensus(IReadOnlyDictionary<int, string> targets) => _targets = targets;

    public int Count => _targets.Count;

    /// <summary>Looks twice, and counts what was there both times: the runtime opens a pipe for an instant whenever a collection interrupts a thread.</summary>
    public static DescriptorCensus Take()
    {
        Dictionary<int, string> first = Look();
        return new DescriptorCensus(Look().Where(descriptor => first.GetValueOrDefault(descriptor.Key) == descriptor.Value).ToDictionary());
    }

    /// <summary>What there is more of than there was: of each kind as many as it is more by, the newest, with number and target.</summary>
    public IReadOnlyList<string> Beyond(DescriptorCensus before) =>
    [
        .. from descriptor in _targets
            group descriptor by Kind(descriptor.Value) into kind
            let more = kind.Count() - before._targets.Values.Count(target => Kind(target) == kind.Key)
            from descriptor in kind.OrderBy(before.Knows).ThenByDescending(static descriptor => descriptor.Key).Take(Math.Max(0, more))
            select string.Create(CultureInfo.InvariantCulture, $"{descriptor.Key} -> {descriptor.Value}, {Flags(descriptor.Key)}, also held by {string.Join(", ", Holders(descriptor.Value))}"),
    ];

    public override string ToString() => string.Join(
        ", ",
        _targets.Values.GroupBy(Kind).OrderByDescending(static kind => kind.Count()).Select(static kind => $"{kind.Count()} {kind.Key}"));

    /// <summary>How it was opened: an odd number is one to write to.</summary>
    private static string Flags(int descriptor)
    {
        try
        {
            return File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{descriptor}")).First(static line => line.StartsWith("flags", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return "closed by now";
        }
    }

    /// <summary>Who else has it open, or its other end.</summary>
    private static IEnumerable<string> Holders(string target) =>
        from file in Directory.EnumerateDirectories("/proc", "*").SelectMany(Descriptors)
        where new FileInfo(file).LinkTarget == target
        select file;

    private static string[] Descriptors(string process)
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(process)[0]) ? Directory.GetFileSystemEntries(Path.Combine(process, "fd")) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return []; // gone, or another user's
        }
    }

    private static Dictionary<int, string> Look()
    {
        var targets = new Dictionary<int, string>();
        foreach (string path in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            // The one that lists the directory is gone by now.
            if (new FileInfo(path).LinkTarget is { } target && Path.GetExtension(target) is not (".dll" or ".pdb"))
                targets.Add(int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture), target);
        }

        return targets;
    }

    /// <summary>The target without the number that makes it unique: <c>socket:[12345]</c> is a socket; a file is itself.</summary>
    private static string Kind(string target) =>
        target.Contains(":[", StringComparison.Ordinal) && !target.StartsWith("anon_inode", StringComparison.Ordinal) ? target[..target.IndexOf(':', StringComparison.Ordinal)] : target;

    private bool Knows(KeyValuePair<int, string> descriptor) => _targets.TryGetValue(descriptor.Key, out string? target) && target == descriptor.Value;
}
