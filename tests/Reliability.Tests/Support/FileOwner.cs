using System.Runtime.InteropServices;

namespace Tests.Reliability;

/// <summary>Owners and modes, which .NET knows half of.</summary>
internal static partial class FileOwner
{
    /// <summary>A user that owns nothing here.</summary>
    public const uint Nobody = 65534;

    public static bool IsRoot => EffectiveUser() == 0;

    /// <summary>Gives a file or directory to another user. Skips the test where that is not allowed.</summary>
    public static void Give(string path, uint user)
    {
        Assert.SkipUnless(IsRoot, "needs root, to act as two users");
        Assert.Equal(0, ChangeOwner(path, user, user));
    }

    /// <summary>Runs with a file mode mask that hides nothing, so that only explicit modes protect.</summary>
    public static IDisposable OpenMask() => new Mask(SetMask(0));

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);

    private sealed class Mask(uint before) : IDisposable
    {
        public void Dispose() => _ = SetMask(before);
    }
}
