namespace Qemu.Machine;

/// <summary>The shared libraries that a program of the host would be started with, so that it starts in a guest which has none.</summary>
internal static class SharedLibraries
{
    /// <summary>Host paths of the loader and the libraries of <paramref name="hostPath"/>, as ldd(1) finds them; none for a script or a static program.</summary>
    /// <exception cref="GuestImageException">A program needs a library that the host does not have. A plugin (an ELF file without a loader of its own) may miss some.</exception>
    public static async Task<IReadOnlyList<string>> FindAsync(string hostPath, CancellationToken cancellationToken)
    {
        bool program;
        using (Stream stream = HostFile.Open(hostPath))
        {
            if (ElfFile.TryOpen(stream) is not { IsDynamic: true } elf)
                return [];
            program = elf.NeedsDynamicLoader;
        }

        string found = await HostProgram.RunAsync("ldd", [hostPath], Path.GetDirectoryName(hostPath)!, cancellationToken).ConfigureAwait(false);
        var libraries = new List<string>();
        foreach (string line in found.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // "libc.so.6 => /lib/libc.so.6 (0x…)", "/lib64/ld-linux-x86-64.so.2 (0x…)", "linux-vdso.so.1 (0x…)", "libx.so => not found", "statically linked"
            string place = line[(line.IndexOf("=> ", StringComparison.Ordinal) is >= 0 and int arrow ? arrow + 3 : 0)..];
            if (place.StartsWith('/'))
                libraries.Add(Path.GetFullPath(place.Split(" (", 2)[0]));
            else if (program && place.StartsWith("not found", StringComparison.Ordinal))
                throw new GuestImageException($"{hostPath} needs a library that this host does not have: {line}. Install it, or publish the program self-contained.");
        }

        return libraries;
    }
}
