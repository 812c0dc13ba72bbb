using System.Reflection;

[assembly: AssemblyFixture(typeof(Tests.Packages.PackedFeed))]

namespace Tests.Packages;

/// <summary>All packages of the repository, made once for the tests.</summary>
public sealed class PackedFeed : IAsyncLifetime
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("qemu-feed-").FullName;

    /// <summary>The path of a package.</summary>
    public string PathOf(string id, string extension = "nupkg") => Path.Combine(Folder, $"{id}.{Repository.Version}.{extension}");

    public async ValueTask InitializeAsync()
    {
        string configuration = typeof(PackedFeed).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        await Newcomer.RunAsync(
            "dotnet",
            ["msbuild", "build/packages.proj", "-nologo", "-verbosity:quiet", $"-p:Configuration={configuration}", $"-p:PackageOutputPath={Folder}"],
            Repository.Root);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
