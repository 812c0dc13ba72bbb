using System.Globalization;

namespace Qemu.Testing;

/// <summary>A machine that is counted, as every process on the host can tell from its file's name: reading a locked file would need the lock.</summary>
/// <param name="ProcessId">Whose it is.</param>
/// <param name="Assembly">The test assembly that runs there.</param>
/// <param name="Memory">The guest's bytes.</param>
/// <param name="Kind">What it is there for.</param>
internal sealed record MachineClaim(int ProcessId, string Assembly, long Memory, MachineClaimKind Kind)
{
    /// <summary>What the names of all claims begin with.</summary>
    public const string Prefix = "machine_";

    /// <summary>Its file's name.</summary>
    /// <param name="unique">Never used before.</param>
    public string ToFileName(string unique) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{ProcessId}_{Memory}_{Kind}_{unique}_{ArtifactName.Segment(Assembly)}");

    /// <summary>Null for what is no claim.</summary>
    public static MachineClaim? Parse(string fileName) =>
        fileName.StartsWith(Prefix, StringComparison.Ordinal)
        && fileName[Prefix.Length..].Split('_', 5) is [var process, var memory, var kindName, _, var assembly]
        && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
        && long.TryParse(memory, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
        && Enum.TryParse(kindName, out MachineClaimKind kind)
            ? new MachineClaim(processId, assembly, bytes, kind)
            : null;
}
