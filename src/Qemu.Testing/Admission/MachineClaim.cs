using System.Globalization;

namespace Qemu.Testing;

/// <summary>A machine that is counted, as every process on the host can tell from its file's name: reading a locked file would need the lock.</summary>
/// <param name="ProcessId">Whose it is.</param>
/// <param name="Assembly">The test assembly that runs there.</param>
/// <param name="Memory">The guest's bytes.</param>
/// <param name="IsPassing">Whether a test or the fixture of a class or collection holds it, and so gives it back; what a whole assembly shares stays until the assembly is done.</param>
internal sealed record MachineClaim(int ProcessId, string Assembly, long Memory, bool IsPassing)
{
    /// <summary>What the names of all claims begin with.</summary>
    public const string Prefix = "machine_";

    private const string Passing = "passing";
    private const string Standing = "standing";

    /// <summary>Its file's name.</summary>
    /// <param name="unique">Never used before.</param>
    public string ToFileName(string unique) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{ProcessId}_{Memory}_{(IsPassing ? Passing : Standing)}_{unique}_{ArtifactName.Segment(Assembly)}");

    /// <summary>Null for what is no claim.</summary>
    public static MachineClaim? Parse(string fileName) =>
        fileName.StartsWith(Prefix, StringComparison.Ordinal)
        && fileName[Prefix.Length..].Split('_', 5) is [var process, var memory, Passing or Standing, _, var assembly] parts
        && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
        && long.TryParse(memory, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? new MachineClaim(processId, assembly, bytes, parts[2] == Passing)
            : null;
}
