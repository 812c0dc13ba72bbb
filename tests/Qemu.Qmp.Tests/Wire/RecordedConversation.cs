using System.Text;
using System.Text.Json;
using Qemu.Qmp;

namespace Tests.Qmp;

/// <summary>What QEMU 7.2 answered to four pipelined commands, events and all, and what a client must make of it whatever way the bytes arrive.</summary>
internal static class RecordedConversation
{
    public static readonly string[] Commands = ["query-status", "stop", "nonsense", "query-name"];

    public static readonly byte[] Bytes = Encoding.UTF8.GetBytes(string.Concat(
        """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2+dfsg-7+deb12u18+b3"}, "capabilities": ["oob"]}}""", "\r\n",
        """{"return": {}, "id": 0}""", "\r\n",
        """{"return": {"status": "running", "singlestep": false, "running": true}, "id": 1}""", "\r\n",
        """{"timestamp": {"seconds": 1700000000, "microseconds": 123456}, "event": "STOP"}""", "\r\n",
        """{"return": {}, "id": 2}""", "\r\n",
        """{"id": 3, "error": {"class": "CommandNotFound", "desc": "The command nonsense has not been found"}}""", "\r\n",
        """{"timestamp": {"seconds": 1700000001, "microseconds": 0}, "event": "RESET", "data": {"guest": false, "reason": "host-qmp-system-reset"}}""", "\r\n",
        """{"return": {"name": "caf\u00e9 é"}, "id": 4}""", "\r\n"));

    /// <summary>How many bytes the handshake takes.</summary>
    public static int HandshakeLength { get; } = IndexAfterLine(2);

    public static async Task AssertRunsAsync(QmpClient client, QmpEventQueue queue)
    {
        Task<QmpResponse>[] sendings = [.. Commands.Select(command => client.SendAsync(command, TestContext.Current.CancellationToken))];
        QmpResponse[] responses = await Task.WhenAll(sendings).Soon();
        Assert.Equal("running", responses[0].Return.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Object, responses[1].Return.ValueKind);
        Assert.Equal("CommandNotFound", responses[2].Error?.Class);
        Assert.Equal("café é", responses[3].Return.GetProperty("name").GetString());
        Assert.Equal(["STOP", "RESET"], queue.TakeAll().Select(qmpEvent => qmpEvent.Name));
    }

    private static int IndexAfterLine(int lines)
    {
        int index = 0;
        for (int i = 0; i < lines; i++)
            index = Array.IndexOf(Bytes, (byte)'\n', index) + 1;

        return index;
    }
}
