using System.Text.Json;

namespace Qemu.Qmp;

/// <summary>QEMU's refusal of a command.</summary>
/// <param name="Class">QEMU's error class, such as <c>GenericError</c> or <c>CommandNotFound</c>.</param>
/// <param name="Description">QEMU's own words. Meant for people: they change between versions.</param>
public sealed record QmpError(string Class, string Description)
{
    internal static bool IsError(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object
        && error.TryGetProperty("class"u8, out JsonElement name) && name.ValueKind == JsonValueKind.String
        && error.TryGetProperty("desc"u8, out JsonElement description) && description.ValueKind == JsonValueKind.String;

    internal static QmpError From(JsonElement error) =>
        new(error.GetProperty("class"u8).GetString()!, error.GetProperty("desc"u8).GetString()!);
}
