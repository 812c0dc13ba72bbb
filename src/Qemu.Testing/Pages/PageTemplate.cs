using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// Makes a page of one file: markup, style and script are resources of this assembly, the data goes in compressed. Nothing of the data
/// stands in the page as text, so nothing in it can be markup or script; a content security policy allows this very script and no
/// network.
/// </summary>
internal static class PageTemplate
{
    /// <summary>Fills a page.</summary>
    /// <param name="name">Which page.</param>
    /// <param name="title">The window's title.</param>
    /// <param name="data">What the page shows.</param>
    /// <param name="pictures">PNG files that it shows.</param>
    public static byte[] Fill(string name, string title, JsonObject data, IEnumerable<byte[]> pictures) =>
        Fill(name, title, Compress(data), pictures);

    /// <inheritdoc cref="Fill(string, string, JsonObject, IEnumerable{byte[]})"/>
    public static byte[] Fill(string name, string title, byte[] compressed, IEnumerable<byte[]> pictures)
    {
        string script = Read("page.js") + Read(name + ".js");
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        var images = new StringBuilder();
        foreach (byte[] picture in pictures)
            images.Append("<script type=\"text/plain\" class=\"picture\">").Append(Convert.ToBase64String(picture)).Append("</script>\n");
        return Encoding.UTF8.GetBytes(Read(name + ".html")
            .Replace("{{hash}}", hash, StringComparison.Ordinal)
            .Replace("{{style}}", Read("page.css") + Read(name + ".css"), StringComparison.Ordinal)
            .Replace("{{script}}", script, StringComparison.Ordinal)
            .Replace("{{pictures}}", images.ToString(), StringComparison.Ordinal)
            .Replace("{{data}}", Convert.ToBase64String(compressed), StringComparison.Ordinal)
            .Replace("{{title}}", WebUtility.HtmlEncode(ReportText.Clean(title)), StringComparison.Ordinal)); // last: a title may hold what looks like a place
    }

    /// <summary>The data as it goes into a page, but for its Base64.</summary>
    public static byte[] Compress(JsonObject data)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.SmallestSize))
            gzip.Write(Encoding.UTF8.GetBytes(data.ToJsonString(ReportJson.Options)));
        return bytes.ToArray();
    }

    private static string Read(string name)
    {
        using Stream stream = typeof(PageTemplate).Assembly.GetManifestResourceStream("Qemu.Testing.Pages." + name)
            ?? throw new InvalidOperationException($"The page's part {name} is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
