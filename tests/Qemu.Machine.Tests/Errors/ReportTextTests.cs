using Qemu.Machine;

namespace Tests.Qemu.Machine.Errors;

public sealed class ReportTextTests
{
    [Fact]
    public void Text_is_fit_for_xml_and_for_its_cdata_sections()
    {
        string text = ReportText.Clean("a\u001b[31mred\u001b[0m \0 b\r\n\uFFFE\uFFFF ]]> end\uD800");

        Assert.StartsWith("ared  b\n\uFFFD\uFFFD ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("]]>", text, StringComparison.Ordinal);
        System.Xml.XmlConvert.VerifyXmlChars(text);
    }

    [Theory]
    [InlineData("::set-env name=PATH::/tmp")]
    [InlineData("ok\n   ::add-mask::x")]
    [InlineData("ok\r\n\t::error file=a::b")]
    [InlineData("x ##[command]rm")]
    [InlineData("##vso[task.setvariable variable=a]b")]
    [InlineData("##teamcity[buildProblem]")]
    [InlineData("\u001b[0m::stop-commands::x")]
    public void Guest_gives_no_commands_to_a_CI_service(string text)
    {
        string clean = ReportText.Clean(text);

        Assert.All(clean.Split('\n'), line => Assert.False(line.TrimStart().StartsWith("::", StringComparison.Ordinal), line));
        Assert.DoesNotMatch(@"##(\[|vso\[|teamcity\[)", clean);
        Assert.Equal(Without(text), clean.Replace("\u200B", "", StringComparison.Ordinal));

        static string Without(string text) => text.Replace("\r", "", StringComparison.Ordinal).Replace("\u001b[0m", "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("std::vector ::1 fe80::1")]
    [InlineData("::1 is the loopback")]
    [InlineData("### Heading ## [x]")]
    public void Text_that_is_no_command_stays(string text) => Assert.Equal(text, ReportText.Clean(text));
}
