using System.Text.Json;

namespace Qemu.Qmp;

// Partial matching of JSON values: see QmpEvent.Matches for the rules.
internal static class JsonPattern
{
    public static bool Matches(JsonElement pattern, JsonElement value) => pattern.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.Object => value.ValueKind == JsonValueKind.Object && MembersMatch(pattern, value),
        JsonValueKind.Array => value.ValueKind == JsonValueKind.Array && ElementsMatch(pattern, value),
        JsonValueKind.Number => value.ValueKind == JsonValueKind.Number && NumbersAreEqual(pattern, value),
        JsonValueKind.String => value.ValueKind == JsonValueKind.String && value.ValueEquals(pattern.GetString()),
        _ => pattern.ValueKind == value.ValueKind,
    };

    private static bool MembersMatch(JsonElement pattern, JsonElement value)
    {
        foreach (JsonProperty member in pattern.EnumerateObject())
        {
            if (!value.TryGetProperty(member.Name, out JsonElement actual) || !Matches(member.Value, actual))
                return false;
        }

        return true;
    }

    private static bool ElementsMatch(JsonElement pattern, JsonElement value)
    {
        int length = pattern.GetArrayLength();
        if (length != value.GetArrayLength())
            return false;

        for (int i = 0; i < length; i++)
        {
            if (!Matches(pattern[i], value[i]))
                return false;
        }

        return true;
    }

    // By value, whatever the notation; without the rounding of double where the numbers allow it.
    private static bool NumbersAreEqual(JsonElement pattern, JsonElement value)
    {
        if (pattern.TryGetDecimal(out decimal expected) && value.TryGetDecimal(out decimal actual))
            return expected == actual;

        return pattern.GetRawText() == value.GetRawText()
            || (pattern.TryGetDouble(out double expectedDouble) && value.TryGetDouble(out double actualDouble) && expectedDouble.Equals(actualDouble));
    }
}
