namespace Qemu.Testing;

/// <summary>A test's directory on disk: it appears whole or not at all, and replaces that of an earlier run.</summary>
internal static class ArtifactBundle
{
    /// <summary>The file that tells such a directory from anything else; nothing without it is ever removed.</summary>
    public const string Marker = "test.txt";

    private const int MaximumAttempts = 5;

    /// <summary>Puts a finished directory in its place.</summary>
    /// <param name="finished">A directory on the same file system; it is moved.</param>
    /// <param name="directory">Where it goes. What stands there and is no bundle stays, and is an error.</param>
    /// <exception cref="IOException">The disk is full, or something stands in the way.</exception>
    public static void Publish(string finished, string directory)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
                Remove(directory);
                Directory.Move(finished, directory);
                return;
            }
            catch (IOException) when (attempt < MaximumAttempts && Directory.Exists(finished))
            {
                // Another process runs the same test, and was at it at the same moment.
            }
        }
    }

    /// <summary>Removes a bundle, if there is one.</summary>
    public static void Remove(string directory)
    {
        if (File.Exists(Path.Combine(directory, Marker)))
            Directory.Delete(directory, recursive: true);
    }

    /// <summary>Removes the directories above a bundle that are empty now.</summary>
    /// <param name="directory">The bundle's directory.</param>
    /// <param name="root">Where to stop; it stays.</param>
    public static void RemoveEmptyParents(string directory, string root)
    {
        for (string? parent = Path.GetDirectoryName(directory); parent is not null && parent.Length > root.Length; parent = Path.GetDirectoryName(parent))
        {
            try
            {
                Directory.Delete(parent);
            }
            catch (IOException)
            {
                return; // another test's, or gone already
            }
        }
    }
}
