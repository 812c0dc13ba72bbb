namespace Qemu.Machine;

/// <summary>Orders kernel releases as people do, digits by value: 6.1.0-9 comes before 6.1.0-18.</summary>
internal sealed class ReleaseOrder : IComparer<string>
{
    public static readonly ReleaseOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> left = x;
        ReadOnlySpan<char> right = y;
        while (!left.IsEmpty && !right.IsEmpty)
        {
            ReadOnlySpan<char> leftPart = TakePart(ref left);
            ReadOnlySpan<char> rightPart = TakePart(ref right);
            int order = char.IsAsciiDigit(leftPart[0]) && char.IsAsciiDigit(rightPart[0])
                ? CompareNumbers(leftPart.TrimStart('0'), rightPart.TrimStart('0'))
                : leftPart.CompareTo(rightPart, StringComparison.Ordinal);
            if (order != 0)
                return order;
        }

        return left.Length.CompareTo(right.Length);
    }

    private static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.CompareTo(right, StringComparison.Ordinal);

    /// <summary>The longest run of digits or of anything else at the start.</summary>
    private static ReadOnlySpan<char> TakePart(ref ReadOnlySpan<char> text)
    {
        int end = 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]) == char.IsAsciiDigit(text[0]))
            end++;

        ReadOnlySpan<char> part = text[..end];
        text = text[end..];
        return part;
    }
}
