namespace Tests.Reliability;

/// <summary>Cuts bytes into pieces at random places, empty pieces included.</summary>
internal static class Chunks
{
    public static IEnumerable<ReadOnlyMemory<byte>> Cut(byte[] bytes, Random random)
    {
        int longest = random.Next(3) switch { 0 => 1, 1 => 7, _ => bytes.Length + 1 };
        for (int start = 0; start < bytes.Length;)
        {
            int length = Math.Min(random.Next(longest + 1), bytes.Length - start);
            yield return bytes.AsMemory(start, length);
            start += length;
        }
    }
}
