using Qemu.Qmp;

namespace Tests.Qmp;

internal static class TestEvents
{
    public static QmpEvent Make(string name, string data = "{}") => new(name, Json.Parse(data), DateTimeOffset.UnixEpoch);
}
