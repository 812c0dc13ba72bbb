namespace Xunit.Qemu;

/// <summary>What all tests of machines can be filtered by.</summary>
internal static class QemuTraits
{
    public static IReadOnlyCollection<KeyValuePair<string, string>> All { get; } = [new("Category", "Qemu")];
}
