using System.Net;
using System.Text.Json;

namespace Qemu.Machine;

/// <summary>A network interface as the guest sees it.</summary>
/// <param name="Name">Its name in the guest.</param>
/// <param name="HardwareAddress">Its MAC address; null when it has none.</param>
/// <param name="Addresses">Its IP addresses.</param>
public sealed record GuestNetworkInterface(string Name, string? HardwareAddress, IReadOnlyList<IPAddress> Addresses)
{
    internal static GuestNetworkInterface From(JsonElement element) => new(
        element.GetProperty("name").GetString()!,
        element.TryGetProperty("hardware-address", out JsonElement hardware) ? hardware.GetString() : null,
        element.TryGetProperty("ip-addresses", out JsonElement addresses)
            ? [.. addresses.EnumerateArray().Select(address => IPAddress.Parse(address.GetProperty("ip-address").GetString()!))]
            : []);
}
