using System.Text;
using System.Text.Json;

namespace Qemu.Qmp;

// C# has no '-' in names and QAPI is full of them: `_` stands for `-`, and `__` for the rarer `_`.
internal sealed class QmpKeyNaming : JsonNamingPolicy
{
    public static QmpKeyNaming Instance { get; } = new();

    public override string ConvertName(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
            return name;

        StringBuilder key = new(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] != '_')
                key.Append(name[i]);
            else if (i + 1 < name.Length && name[i + 1] == '_')
                key.Append(name[i++]);
            else
                key.Append('-');
        }

        return key.ToString();
    }
}
