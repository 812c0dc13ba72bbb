using System.Diagnostics;

namespace Tests.Qemu.Machine;

/// <summary>The files that launches of the corpus stumble over, in a directory of their own.</summary>
public sealed class CorpusFiles : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public CorpusFiles()
    {
        SetMode(Root, Executable);
        Write("text", "no image of any kind\n");
        Write("empty", "");
        Write("zero.bin", new string('\0', 70_000));
        Write("disk.raw", new string('\0', 1024 * 1024));
        Write("elf", "\u007fELF and nothing more" + new string(' ', 600));
        Write("page.img", "<html>404</html>");
        Write("closed.raw", new string('\0', 4096));
        SetMode(this["closed.raw"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        QemuImg("create", "-q", "-f", "qcow2", this["disk.qcow2"], "4M");
        QemuImg("create", "-q", "-f", "qcow2", this["base.qcow2"], "4M");
        QemuImg("create", "-q", "-f", "qcow2", "-b", this["base.qcow2"], "-F", "qcow2", this["overlay.qcow2"]);
        File.Delete(this["base.qcow2"]);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("corpus-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    /// <summary>A program that stands in for QEMU.</summary>
    public string Script(string name, string body)
    {
        string path = Write(name, "#!/bin/sh\n" + body + "\n");
        SetMode(path, Executable);
        return path;
    }

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text, System.Text.Encoding.Latin1);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    private static void QemuImg(params string[] arguments)
    {
        if (!CorpusQemu.OnPath("qemu-img"))
            return;
        using Process process = Process.Start("qemu-img", arguments);
        process.WaitForExit();
    }
}
