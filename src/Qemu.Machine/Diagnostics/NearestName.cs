namespace Qemu.Machine;

/// <summary>Finds what somebody probably meant: the name with the fewest slips (a letter more, less, other, or two swapped) between it and what was written.</summary>
internal static class NearestName
{
    /// <summary>The nearest name; null when none is near enough to be worth a question.</summary>
    public static string? Find(string written, IEnumerable<string> names)
    {
        string? best = null;
        int bestDistance = Math.Max(2, written.Length / 3) + 1;
        foreach (string name in names)
        {
            int distance = Distance(written, name, bestDistance);
            if (distance < bestDistance && distance < written.Length)
                (best, bestDistance) = (name, distance);
        }

        return best;
    }

    /// <summary>Optimal string alignment, upper and lower case alike.</summary>
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) >= limit)
            return limit;
        int[] beforeLast = new int[b.Length + 1];
        int[] last = new int[b.Length + 1];
        int[] current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = last[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
                current[j] = Math.Min(Math.Min(last[j], current[j - 1]) + 1, substitution);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
