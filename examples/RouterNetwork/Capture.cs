using System.Net;

namespace RouterNetwork;

/// <summary>What a capture file tells.</summary>
internal static class Capture
{
    /// <summary>Whether it holds a packet between two addresses: in an IPv4 header they stand one behind the other.</summary>
    public static async Task<bool> HoldsAsync(string path, string from, string to)
    {
        byte[] addresses = [.. IPAddress.Parse(from).GetAddressBytes(), .. IPAddress.Parse(to).GetAddressBytes()];
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var content = new MemoryStream();
        await file.CopyToAsync(content);
        return content.ToArray().AsSpan().IndexOf(addresses) >= 0;
    }
}
