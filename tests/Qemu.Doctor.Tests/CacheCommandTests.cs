using Qemu.Doctor;
using Qemu.Machine;

namespace Tests.Qemu.Doctor;

public sealed class CacheCommandTests : IDisposable
{
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("doctor-cache-");
    private readonly CancellationToken _token = TestContext.Current.CancellationToken;

    private QemuSettings Settings => new() { CacheDirectory = _cache.FullName };

    public void Dispose() => _cache.Delete(recursive: true);

    [Fact]
    public async Task List_tells_what_each_template_is_for_and_clear_removes_those_that_nobody_uses()
    {
        Assert.Contains("0 templates, 0 B", await RunAsync("list"), StringComparison.Ordinal);
        var cache = new TemplateCache(Settings);
        QemuTemplate template = await cache.GetOrCreateAsync(Describe().Spec, _token);

        string list = await RunAsync("list");
        Assert.Matches(@"1 templates, [0-9.]+ MiB", list);
        Assert.Matches(@"(?m)^KEY +SIZE +BUILT +LAST USED +BOOT TOOK +QEMU +MACHINE$", list);
        Assert.Matches($@"(?m)^{template.Key![..12]}  [0-9.]+ MiB  [0-9]+ \w+ ago +[0-9]+ \w+ ago +[0-9.]+ s +[0-9.]+ +qemu-system-x86_64 pc 32M, disk disk.img, launched$", list);

        Assert.Equal("Removed 0 of 1 templates: 0 B freed. The others are in use.", await RunAsync("clear"));
        await template.DisposeAsync();
        Assert.Matches(@"^Removed 1 of 1 templates: [0-9.]+ MiB freed\.$", await RunAsync("clear"));
        Assert.Empty(cache.List());
    }

    [Theory]
    [InlineData("cache: list, or clear?")]
    [InlineData("'wipe' is neither list nor clear", "wipe")]
    [InlineData("'list all' is neither list nor clear", "list", "all")]
    public async Task Cache_command_that_is_not_understood_is_answered_with_the_usage(string says, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        int exitCode = await CommandLine.RunAsync(["cache", .. arguments], output, errors);

        Assert.Equal(2, exitCode);
        Assert.Contains(says, errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("cache list|clear", errors.ToString(), StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string command)
    {
        using var output = new StringWriter();
        Assert.Equal(0, await new CacheCommand(Settings).RunAsync([command], output));
        return output.ToString().TrimEnd();
    }

    private QemuMachineBuilder Describe()
    {
        string image = Path.Combine(_cache.FullName, "disk.img");
        File.WriteAllBytes(image, new byte[1024 * 1024]);
        return new QemuMachineBuilder("qemu-system-x86_64").WithMachine("pc").WithMemory("32M").WithAccelerator("tcg").WithDisk(image);
    }
}
