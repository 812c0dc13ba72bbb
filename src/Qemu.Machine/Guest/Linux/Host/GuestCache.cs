namespace Qemu.Machine;

/// <summary>The directory that keeps kernels and initramfs images between runs; shared by all processes of one user.</summary>
internal static class GuestCache
{
    private const string Advice = "Name a cache directory that can be written to: QemuSettings.CacheDirectory, in tests the environment variable XUNIT_QEMU_CACHE.";

    /// <summary>Creates and returns <paramref name="directory"/>, or by default <c>xunit-qemu</c> in the user's local application data (<c>~/.local/share</c> on Linux).</summary>
    /// <remarks>Never a directory in the shared temporary one: whoever made it first could place a kernel there.</remarks>
    public static string Open(string? directory)
    {
        if (directory is null)
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            if (home.Length == 0)
                throw new GuestImageException($"This user has no home directory to keep kernels, guest images and templates in. {Advice}");
            directory = Path.Combine(home, "xunit-qemu");
        }

        try
        {
            return Directory.CreateDirectory(Path.GetFullPath(directory)).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GuestImageException($"The cache directory {directory} cannot be made: {error.Message} {Advice}", error);
        }
    }
}
