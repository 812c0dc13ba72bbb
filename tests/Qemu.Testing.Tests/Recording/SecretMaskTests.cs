using System.Collections;
using System.Text;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

public sealed class SecretMaskTests
{
    private static readonly SecretMask s_mask = SecretMask.Of(new Hashtable
    {
        ["DEPLOY_TOKEN"] = "tok-12345",
        ["Db_Password"] = "hunter22",
        ["SHORT_SECRET"] = "abc",
        ["PATH"] = "/usr/bin:/bin",
    });

    [Theory]
    [InlineData("curl -H 'Authorization: tok-12345'", "curl -H 'Authorization: ***'")]
    [InlineData("login hunter22 ok", "login *** ok")]
    [InlineData("abc /usr/bin:/bin stays", "abc /usr/bin:/bin stays")]
    [InlineData("-object secret,id=s0,data=letmein -m 1G", "-object secret,id=s0,data=*** -m 1G")]
    [InlineData("-object 'secret,id=s0,data=letmein' -m 1G", "-object 'secret,id=s0,data=***' -m 1G")]
    [InlineData("-spice port=1,password=letmein,x=y", "-spice port=1,password=***,x=y")]
    [InlineData("""{"execute":"set_password","arguments":{"protocol":"vnc","password":"let\"me"}}""", """{"execute":"set_password","arguments":{"protocol":"vnc","password":"***"}}""")]
    [InlineData("""{"qom-type":"secret","id":"s","data":"letmein"}""", """{"qom-type":"secret","id":"s","data":"***"}""")]
    [InlineData("secret,id=s0,file=/etc/key", "secret,id=s0,file=/etc/key")]
    public void Secret_is_hidden(string text, string expected)
    {
        Assert.Equal(expected, s_mask.Apply(text));
        Assert.Equal(expected, Encoding.UTF8.GetString(s_mask.Apply(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void Bytes_without_a_secret_stay_as_they_are() => Assert.Equal([0xff, 0x00, 0x80], s_mask.Apply([0xff, 0x00, 0x80]));
}
