namespace Qemu.Machine;

/// <summary>
/// What a directory of kernel modules holds and which module needs which: from the <c>modules.dep</c> that depmod(8) writes. Debian's packages come without
/// one, since depmod runs when they are installed; <see cref="WriteDependenciesAsync"/> makes it from the modules themselves.
/// </summary>
internal sealed class KernelModules
{
    private const string DependencyFile = "modules.dep";
    private const string BuiltInFile = "modules.builtin";

    private readonly string _directory;
    private readonly Dictionary<string, string> _paths = [];
    private readonly Dictionary<string, string[]> _dependencies = [];
    private readonly HashSet<string> _builtIn = [];

    private KernelModules(string directory) => _directory = directory;

    /// <summary>Reads <c>modules.dep</c> and, where there is one, <c>modules.builtin</c> of a directory such as <c>/lib/modules/6.1.0-18-amd64</c>.</summary>
    public static KernelModules Read(string directory)
    {
        var modules = new KernelModules(directory);
        try
        {
            foreach (string line in File.ReadLines(Path.Combine(directory, DependencyFile)))
                modules.AddLine(line);

            string builtIn = Path.Combine(directory, BuiltInFile);
            if (File.Exists(builtIn))
                modules._builtIn.UnionWith(File.ReadLines(builtIn).Select(KernelModuleFile.NameOf).OfType<string>());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GuestImageException($"The kernel's module list cannot be read: {error.Message} `depmod` makes it, for unpacked packages with `depmod -b DIRECTORY RELEASE`.", error);
        }

        return modules;
    }

    /// <summary>Writes <c>modules.dep</c> with what each module under <paramref name="directory"/> directly needs.</summary>
    public static async Task WriteDependenciesAsync(string directory, CancellationToken cancellationToken)
    {
        string[] files = [.. Directory.EnumerateFiles(directory, "*.ko*", SearchOption.AllDirectories).Where(file => KernelModuleFile.NameOf(file) is not null).Order(StringComparer.Ordinal)];
        var paths = new Dictionary<string, string>();
        foreach (string file in files)
            paths[KernelModuleFile.NameOf(file)!] = Path.GetRelativePath(directory, file);

        var lines = new List<string>();
        foreach (string file in files)
        {
            string[] dependencies = await KernelModuleFile.ReadDependenciesAsync(file, cancellationToken).ConfigureAwait(false);
            IEnumerable<string> known = dependencies.Select(KernelModuleFile.Canonical).Where(paths.ContainsKey).Select(name => paths[name]);
            lines.Add(string.Join(' ', known.Prepend(Path.GetRelativePath(directory, file) + ":")));
        }

        await File.WriteAllLinesAsync(Path.Combine(directory, DependencyFile), lines, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The host files to load for <paramref name="names"/>, each after those it needs, none twice; what is built into the kernel needs no file.</summary>
    public IReadOnlyList<string> InLoadOrder(IEnumerable<string> names)
    {
        var order = new List<string>();
        var seen = new HashSet<string>();
        foreach (string name in names)
            Visit(KernelModuleFile.Canonical(name));
        return order;

        void Visit(string name)
        {
            if (!seen.Add(name))
                return;

            if (!_paths.TryGetValue(name, out string? path))
            {
                if (_builtIn.Contains(name))
                    return;
                throw Unknown(name);
            }

            foreach (string dependency in _dependencies[name])
                Visit(dependency);
            order.Add(Path.Combine(_directory, path));
        }
    }

    private void AddLine(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || KernelModuleFile.NameOf(line[..colon]) is not { } name)
            return;

        _paths[name] = line[..colon];
        _dependencies[name] = [.. line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(KernelModuleFile.NameOf).OfType<string>()];
    }

    private GuestImageException Unknown(string name)
    {
        string[] near = [.. _paths.Keys.Where(known => known.Contains(name, StringComparison.Ordinal) || name.Contains(known, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(8)];
        string hint = near.Length > 0 ? $" It has {string.Join(", ", near)}." : "";
        return new GuestImageException($"The kernel of {_directory} has no module {name}, neither as a file nor built in.{hint}");
    }
}
