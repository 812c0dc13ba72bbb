using System.Text;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

public sealed class QmpTranscriptTests
{
    [Theory]
    [InlineData(true, """{"execute":"query-status","id":1}""", "qmp-command", "query-status")]
    [InlineData(true, """{"execute":"device_add","arguments":{"driver":"x"},"id":2}""", "qmp-command", """device_add {"driver":"x"}""")]
    [InlineData(true, """{"exec-oob":"migrate-recover","id":3}""", "qmp-command", "migrate-recover")]
    [InlineData(false, """{"return":{"running":true},"id":1}""", "qmp-reply", """{"running":true}""")]
    [InlineData(false, """{"error":{"class":"GenericError","desc":"no"},"id":1}""", "qmp-reply", "error: no")]
    [InlineData(false, """{"event":"RESET","data":{"guest":false},"timestamp":{"seconds":1,"microseconds":2}}""", "qmp-event", """RESET {"guest":false}""")]
    [InlineData(false, "not JSON \u0001", "qmp-reply", "not JSON \u0001")]
    [InlineData(false, "[1]", "qmp-reply", "[1]")]
    [InlineData(false, """{"error":7}""", "qmp-reply", "error: 7")]
    [InlineData(false, """{"QMP":{}}""", "qmp-reply", """{"QMP":{}}""")]
    public void Line_is_told_in_short(bool sent, string line, string source, string text) =>
        Assert.Equal((source, text), QmpTranscript.Describe(new QmpLine(sent, Encoding.UTF8.GetBytes(line))));
}
