namespace Qemu.Machine;

/// <summary>The preferred accelerators first, in their order; then those that run no guest of ours.</summary>
internal sealed class AcceleratorOrder : IComparer<string>
{
    public static AcceleratorOrder Instance { get; } = new();

    public int Compare(string? x, string? y) => Rank(x).CompareTo(Rank(y)) is var order and not 0
        ? order
        : string.CompareOrdinal(x, y);

    private static int Rank(string? name)
    {
        for (int rank = 0; rank < Accelerators.ByPreference.Count; rank++)
        {
            if (Accelerators.ByPreference[rank] == name)
                return rank;
        }

        return Accelerators.ByPreference.Count;
    }
}
