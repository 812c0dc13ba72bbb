namespace Qemu.Machine;

/// <summary>Files of the host that go into a guest.</summary>
internal static class HostFile
{
    public const UnixFileMode PlainMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public const UnixFileMode ExecutableMode = PlainMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static Stream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GuestImageException($"The guest's file {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>0755 for what its owner may run, else 0644: an umask must not change the image. Windows knows no such bit, so there everything may run.</summary>
    public static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsWindows() || File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute) ? ExecutableMode : PlainMode;
}
