namespace Qemu.Machine;

/// <summary>A file of a template as it was when the template was complete.</summary>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Written">When it was last written to, in seconds since 1970: archives keep no more of it.</param>
internal sealed record TemplateFile(long Length, long Written)
{
    public static TemplateFile Of(string path)
    {
        var info = new FileInfo(path);
        return new TemplateFile(info.Length, new DateTimeOffset(info.LastWriteTimeUtc).ToUnixTimeSeconds());
    }
}
