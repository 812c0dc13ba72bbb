namespace Qemu.Machine;

/// <summary>A fact in the cache's file.</summary>
/// <param name="Key">Everything that it depends on; a file with another key is not used.</param>
/// <param name="Expires">When it is to be found out anew; null: when the key changes.</param>
/// <param name="Value">The fact.</param>
internal sealed record CachedFact<T>(string Key, DateTimeOffset? Expires, T Value);
