using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>Two processes that want the same template at the same time, and one that is killed while it builds.</summary>
public sealed class TemplateProcessesTests : IDisposable
{
    private readonly TemplateHome _home = new();
    private readonly string _memory;

    public TemplateProcessesTests() => _memory = Directory.CreateDirectory(Path.Combine(_home.Root, "memory")).FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string CacheRoot => _home.Settings.CacheDirectory!;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Template_that_another_process_is_building_is_waited_for_and_not_built_again()
    {
        using BuilderProcess other = BuilderProcess.Start(CacheRoot, _memory);
        await other.WaitUntilBootedAsync();
        var time = new LockWaitObserver();
        await using QemuMachine machine = Describe().WithTimeProvider(time).Build();

        Task start = machine.StartAsync(Token);
        await Task.WhenAny(time.Waiting, start);
        Assert.False(start.IsCompleted, "it did not wait for the other process");
        other.GoOn();
        await start;

        Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind);
        Assert.Equal(0, _home.Builds);
        Assert.Equal("Clone", await other.ReadKindAsync());
        Assert.Equal("echo: hello", await machine.AskAsync("hello"));
    }

    [Fact]
    public async Task Builder_that_is_killed_leaves_the_template_to_the_next_one()
    {
        using BuilderProcess other = BuilderProcess.Start(CacheRoot, _memory);
        await other.WaitUntilBootedAsync();
        Assert.Single(Directory.EnumerateDirectories(_home.Cache.Directory, "*partial*"));
        await using QemuMachine machine = Describe().Build();

        await other.KillAsync();
        await machine.StartAsync(Token);

        Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind);
        Assert.Equal(1, _home.Builds);
        Assert.Single(_home.Cache.List());
        Assert.Empty(Directory.EnumerateDirectories(_home.Cache.Directory, "*partial*"));
        Assert.Single(Directory.EnumerateDirectories(_memory));
    }

    /// <summary>Nobody may ever want that template again.</summary>
    [Fact]
    public async Task What_a_killed_builder_left_goes_when_the_cache_is_trimmed()
    {
        using BuilderProcess other = BuilderProcess.Start(CacheRoot, _memory);
        await other.WaitUntilBootedAsync();
        Assert.Single(Directory.EnumerateDirectories(_memory));
        await other.KillAsync();

        _home.Cache.Trim(long.MaxValue);

        Assert.Empty(Directory.EnumerateDirectories(_home.Cache.Directory, "*partial*"));
        Assert.Empty(Directory.EnumerateDirectories(_memory));
    }

    [Theory]
    [InlineData("device-state")]
    [InlineData("manifest.json")]
    public async Task Builder_that_is_killed_while_it_saves_never_leaves_half_a_template(string savedLast)
    {
        using BuilderProcess other = BuilderProcess.Start(CacheRoot, _memory);
        await other.WaitUntilBootedAsync();
        string partial = Assert.Single(Directory.EnumerateDirectories(_home.Cache.Directory, "*partial*"));
        string complete = partial[..partial.IndexOf(".partial", StringComparison.Ordinal)];
        other.GoOn();
        await Eventually.IsTrueAsync(() => File.Exists(Path.Combine(partial, savedLast)) || Directory.Exists(complete), $"for {savedLast} to be written");
        await other.KillAsync();

        await using QemuMachine machine = Describe().Build();
        await machine.StartAsync(Token);

        Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind);
        Assert.Equal("echo: hello", await machine.AskAsync("hello"));
        Assert.Empty(Directory.EnumerateDirectories(_home.Cache.Directory, "*partial*"));
        Assert.Single(Directory.EnumerateDirectories(_memory));
    }

    private QemuMachineBuilder Describe() => TemplateOfTwo.Describe(CacheRoot, TestRom.Path, _memory, () => Task.CompletedTask).WithLogger(_home);
}
