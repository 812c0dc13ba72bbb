using System.Runtime.CompilerServices;

namespace Tests.Conventions;

/// <summary>
/// Holds the public surface: a change shows up as a change of a file in Approved. When it is meant, run the tests with
/// APPROVE_PUBLIC_SURFACE=1 and commit what they wrote.
/// </summary>
public sealed class PublicSurfaceTests
{
    [Theory]
    [InlineData("Qemu.Qmp")]
    [InlineData("Qemu.Machine")]
    [InlineData("Qemu.Testing")]
    [InlineData("Xunit.Qemu.V3")]
    [InlineData("Xunit.Qemu.V2")]
    public void Public_surface_is_the_approved_one(string layer)
    {
        string file = Path.Combine(Directory(), "Approved", layer + ".txt");
        string actual = PublicSurface.Describe(Layers.Get(layer));
        if (Environment.GetEnvironmentVariable("APPROVE_PUBLIC_SURFACE") == "1")
            File.WriteAllText(file, actual);

        Assert.True(File.Exists(file), $"{file} is missing: run the tests with APPROVE_PUBLIC_SURFACE=1.");
        string[] approved = File.ReadAllLines(file);
        string[] present = actual.TrimEnd('\n').Split('\n');
        Assert.Empty(present.Except(approved, StringComparer.Ordinal).Select(line => "new: " + line));
        Assert.Empty(approved.Except(present, StringComparer.Ordinal).Select(line => "gone: " + line));
        Assert.Equal(approved, present);
    }

    private static string Directory([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
