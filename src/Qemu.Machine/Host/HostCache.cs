using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Qemu.Machine;

/// <summary>
/// The files of host facts, one per key, shared by all processes of a user. A file appears whole, by renaming; two
/// processes that found out the same write the same. Without a directory to write to, nothing is kept and nothing fails.
/// </summary>
internal sealed class HostCache(QemuSettings settings, TimeProvider timeProvider)
{
    public static string? DirectoryOf(QemuSettings settings)
    {
        if (settings.CacheDirectory is { } given)
            return Path.Combine(given, "hosts");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length == 0 ? null : Path.Combine(home, "xunit-qemu", "hosts");
    }

    public CachedFact<T>? Read<T>(string key, JsonTypeInfo<CachedFact<T>> type)
    {
        try
        {
            if (PathOf(key) is not { } path || !File.Exists(path))
                return null;
            CachedFact<T>? fact = JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
            return fact is not null && fact.Key == key && IsValid(fact) ? fact : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // a damaged file is found out anew and replaced
        }
    }

    public void Write<T>(CachedFact<T> fact, JsonTypeInfo<CachedFact<T>> type)
    {
        string? partial = null;
        try
        {
            if (PathOf(fact.Key) is not { } path)
                return;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            partial = $"{path}.{Path.GetRandomFileName()}";
            File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(fact, type));
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full or read-only disk costs the next process a probe, nothing else.
            if (partial is not null && File.Exists(partial))
                TryDelete(partial);
        }
    }

    public bool IsValid<T>(CachedFact<T> fact) => fact.Expires is not { } expires || timeProvider.GetUtcNow() < expires;

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // As above.
        }
    }

    private string? PathOf(string key) =>
        DirectoryOf(settings) is { } directory ? Path.Combine(directory, HostKey.Hash(key) + ".json") : null;
}
