using System.Text;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class UnicodeEscapesTests
{
    [Theory]
    [InlineData("""{}""", true)]
    [InlineData("""{"a": "\u0041\n\"\\"}""", true)]
    [InlineData("""{"a": "\ud83d\ude00"}""", true)]
    [InlineData("""{"a": "\uD83D\uDE00\uD83D\uDE00"}""", true)]
    [InlineData("""{"a": "\\ud83d"}""", true)]
    [InlineData("""{"a": "\\\\ud83d"}""", true)]
    [InlineData("""{"a": "\\\ud83d"}""", false)]
    [InlineData("""{"a": "\ud83d"}""", false)]
    [InlineData("""{"a": "\ud83d\n"}""", false)]
    [InlineData("""{"a": "\ud83d\u0041"}""", false)]
    [InlineData("""{"a": "\ud83dude00"}""", false)]
    [InlineData("""{"a": "\ud83d\ud83d\ude00"}""", false)]
    [InlineData("""{"a": "\ude00\ud83d"}""", false)]
    [InlineData("""{"\udfff": 1}""", false)]
    public void Half_a_pair_is_found(string json, bool paired) => Assert.Equal(paired, UnicodeEscapes.ArePaired(Encoding.UTF8.GetBytes(json)));
}
