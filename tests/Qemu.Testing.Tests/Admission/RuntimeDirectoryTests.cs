using System.Runtime.Versioning;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Admission;

[SupportedOSPlatform("linux")]
public sealed class RuntimeDirectoryTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("runtime-");

    [Fact]
    public void Directory_is_the_users_alone_also_when_it_was_open_to_others()
    {
        string directory = Open();
        Assert.Equal(Private, File.GetUnixFileMode(directory));
        File.SetUnixFileMode(directory, Private | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        Assert.Equal(directory, Open());

        Assert.Equal(Private, File.GetUnixFileMode(directory));
    }

    [Fact]
    public void Link_in_its_place_is_refused()
    {
        DirectoryInfo target = _root.CreateSubdirectory("elsewhere");
        _root.CreateSubdirectory("xunit-qemu");
        Directory.CreateSymbolicLink(Path.Combine(_root.FullName, "xunit-qemu", "machines"), target.FullName);

        Assert.Throws<IOException>(Open);
    }

    [Fact]
    public void Directory_that_is_no_place_of_the_users_own_is_not_taken()
    {
        Assert.DoesNotContain("nowhere", RuntimeDirectory.Open(static _ => "/nowhere"), StringComparison.Ordinal);
        Assert.DoesNotContain("relative", RuntimeDirectory.Open(static _ => "relative"), StringComparison.Ordinal);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private string Open() => RuntimeDirectory.Open(name => name == "XDG_RUNTIME_DIR" ? _root.FullName : null);
}
