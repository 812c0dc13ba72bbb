using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Where processes of one user meet on this host: a directory that is the user's alone.</summary>
internal static class RuntimeDirectory
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The directory, made if need be: under <c>XDG_RUNTIME_DIR</c> or <c>/run/user/UID</c>, else under the user's data directory. Never one of a name to guess in a shared directory.</summary>
    /// <exception cref="IOException">It cannot be made, or is not the user's alone.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static string Open(Func<string, string?> environment)
    {
        string directory = Path.Combine(Root(environment), "xunit-qemu", "machines");
        if (OperatingSystem.IsWindows())
            return Directory.CreateDirectory(directory).FullName;
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!, Private);
        Directory.CreateDirectory(directory, Private);
        if (new DirectoryInfo(directory).LinkTarget is not null || Libc.OwnerOf(directory) != Libc.GetEffectiveUserId())
            throw new IOException($"'{directory}' is a link, or another user's.");
        File.SetUnixFileMode(directory, Private);
        return directory;
    }

    private static string Root(Func<string, string?> environment)
    {
        if (environment("XDG_RUNTIME_DIR") is { Length: > 0 } given && Path.IsPathRooted(given) && IsOwn(given))
            return given;
        if (!OperatingSystem.IsWindows() && $"/run/user/{Libc.GetEffectiveUserId()}" is var usual && IsOwn(usual))
            return usual;
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        return data.Length > 0 ? data : throw new DirectoryNotFoundException("This user has neither a runtime directory nor a home directory.");
    }

    private static bool IsOwn(string directory) => Directory.Exists(directory) && (OperatingSystem.IsWindows() || Libc.OwnerOf(directory) == Libc.GetEffectiveUserId());
}
