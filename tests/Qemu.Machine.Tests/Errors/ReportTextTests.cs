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
}
