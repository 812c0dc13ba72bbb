namespace Qemu.Testing;

/// <summary>A test's directory on disk: it appears whole or not at all, and replaces that of an earlier run.</summary>
internal static class ArtifactBundle
{
    /// <summary>The file that tells such a directory from anything else; nothing without it is ever removed.</summary>
    public const string Marker = "test.txt";

    /// <exception cref="IOException">The disk is full, or something stands in the way.</exception>
    public static void Write(string directory, IEnumerable<EvidenceFile> files)
    {
        string partial = $"{directory}.{Path.GetRandomFileName()}.partial";
        Directory.CreateDirectory(partial);
        try
        {
            foreach (EvidenceFile file in files)
            {
                string path = Path.Combine(partial, file.Name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                using FileStream stream = File.Create(path);
                file.Write(stream);
            }

            Remove(directory);
            Directory.Move(partial, directory);
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    /// <summary>Removes what an earlier run left.</summary>
    public static void Remove(string directory)
    {
        if (File.Exists(Path.Combine(directory, Marker)))
            Directory.Delete(directory, recursive: true);
    }
}
