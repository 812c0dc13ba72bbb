using System.Collections;
using System.Text;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

public sealed class SecretMaskTests : IDisposable
{
    private static readonly SecretMask s_mask = SecretMask.Of(new Hashtable
    {
        ["DEPLOY_TOKEN"] = "tok-12345",
        ["Db_Password"] = "hunter22",
        ["SHORT_SECRET"] = "abc",
        ["SIGNING_PRIVATE_KEY"] = "-----BEGIN\nMIIEowIBAAKCAQ\n",
        ["PATH"] = "/usr/bin:/bin",
    });

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("qemu-mask-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("curl -H 'Authorization: tok-12345'", "curl -H 'Authorization: ***'")]
    [InlineData("login hunter22 ok", "login *** ok")]
    [InlineData("abc /usr/bin:/bin stays", "abc /usr/bin:/bin stays")]
    [InlineData("MIIEowIBAAKCAQ\r", "***\r")]
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
    public void Bytes_that_are_no_secret_stay_as_they_are() =>
        Assert.Equal([0xff, 0x00, 0x80, .. "***"u8, 0xfe], s_mask.Apply([0xff, 0x00, 0x80, .. "hunter22"u8, 0xfe]));

    [Theory]
    [InlineData("login hunter22 ok\n", "login *** ok\n")]
    [InlineData("hunter2\nhunter22hunter22tok-12345", "hunter2\n*********")]
    [InlineData("-object secret,id=s0,data=letmein -m 1G\nnext", "-object secret,id=s0,data=*** -m 1G\nnext")]
    [InlineData("{\"password\": \"let\\\"me\"}\nPassword: ", "{\"password\": \"***\"}\nPassword: ")]
    [InlineData("it ends with hunt", "it ends with hunt")]
    [InlineData("", "")]
    public void Secret_is_hidden_wherever_its_pieces_end(string text, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int size = 1; size <= Math.Max(1, bytes.Length); size++)
        {
            string path = Path.Combine(_directory.FullName, size.ToString(System.Globalization.CultureInfo.InvariantCulture));
            using var file = new MaskedFile(s_mask);
            foreach (byte[] piece in bytes.Chunk(size))
                file.Append(path, piece);
            file.Finish();

            Assert.Equal(expected, bytes.Length == 0 ? "" : File.ReadAllText(path));
        }
    }

    [Fact]
    public void All_but_the_beginning_of_a_secret_is_written_at_once()
    {
        string path = Path.Combine(_directory.FullName, "log");
        using var file = new MaskedFile(s_mask);

        file.Append(path, "Password: "u8);
        Assert.Equal("Password: ", File.ReadAllText(path));
        file.Append(path, "hunter"u8);
        Assert.Equal("Password: ", File.ReadAllText(path));
        file.Append(path, "y"u8);
        Assert.Equal("Password: huntery", File.ReadAllText(path));
    }
}
