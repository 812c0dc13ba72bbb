using System.Text;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

public sealed class SecretMaskTests
{
    private static readonly SecretMask s_mask = SecretMask.Of(new Dictionary<string, string>
    {
        ["CI_JOB_TOKEN"] = "glcbt-64_abcdef",
        ["db_password"] = "correct horse",
        ["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI",
        ["GITHUB_API_KEY"] = "short",
        ["EDITOR"] = "unmasked-editor",
    });

    [Theory]
    [InlineData("console says glcbt-64_abcdef.", "console says ***.")]
    [InlineData("correct horse, and again correct horse", "***, and again ***")]
    [InlineData("-fw_cfg string=wJalrXUtnFEMI", "-fw_cfg string=***")]
    [InlineData("a short word, unmasked-editor", "a short word, unmasked-editor")]
    public void Value_of_a_variable_that_is_secret_by_its_name_is_hidden(string text, string expected)
    {
        Assert.Equal(expected, s_mask.Apply(text));
        Assert.Equal(expected, Encoding.UTF8.GetString(s_mask.Apply(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void Bytes_that_are_no_text_stay_as_they_are_where_nothing_is_hidden()
    {
        byte[] bytes = [0xFF, 0x00, 0xC3, 0x28];

        Assert.Equal(bytes, s_mask.Apply(bytes));
    }
}
