using Qemu.Machine;

namespace Tests.Qemu.Machine.Guest.Linux;

public sealed class DebianKernelStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeDebian _debian = new();
    private readonly string _lists;

    public DebianKernelStoreTests()
    {
        _lists = Directory.CreateDirectory(Path.Combine(_directory.Path, "lists")).FullName;
        _debian.AddKernel("6.1.0-1");
    }

    public void Dispose() => _directory.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metapackage_leads_to_the_kernel_and_its_modules()
    {
        LinuxKernel kernel = await GetAsync();

        Assert.Equal("6.1.0-1", kernel.Release);
        Assert.Equal("content of boot/vmlinuz-6.1.0-1", await File.ReadAllTextAsync(kernel.Path, Token));
        Assert.True(File.Exists(Path.Combine(kernel.ModulesDirectory!, "modules.dep")));
        Assert.Contains("apt-get download -q linux-image-6.1.0-1=1.0-1", _debian.Commands);
    }

    [Fact]
    public async Task Kernel_is_kept_and_apt_not_asked_again()
    {
        LinuxKernel first = await GetAsync();
        _debian.Commands.Clear();
        LinuxKernel second = await GetAsync();

        Assert.Equal(first.Path, second.Path);
        Assert.Empty(_debian.Commands);
    }

    [Fact]
    public async Task Changed_lists_are_asked_and_a_newer_kernel_is_fetched()
    {
        LinuxKernel old = await GetAsync();
        _debian.AddKernel("6.1.0-2", "1.0-2");
        Directory.SetLastWriteTimeUtc(_lists, DateTime.UnixEpoch);
        LinuxKernel newer = await GetAsync();

        Assert.Equal("6.1.0-2", newer.Release);
        Assert.True(File.Exists(old.Path), "an older kernel that another test run may use is gone");
    }

    [Fact]
    public async Task Changed_lists_without_a_newer_kernel_download_nothing()
    {
        await GetAsync();
        Directory.SetLastWriteTimeUtc(_lists, DateTime.UnixEpoch);
        await GetAsync();

        Assert.Equal(1, _debian.Downloads);
    }

    [Fact]
    public async Task Concurrent_callers_download_once()
    {
        var gate = new TaskCompletionSource();
        _debian.Gate = gate.Task;
        Task<LinuxKernel>[] callers = [.. Enumerable.Range(0, 6).Select(_ => Task.Run(GetAsync, Token))];
        gate.SetResult();
        LinuxKernel[] kernels = await Task.WhenAll(callers);

        Assert.Single(kernels.Select(kernel => kernel.Path).Distinct());
        Assert.Equal(1, _debian.Downloads);
    }

    [Theory]
    [InlineData("boot/vmlinuz-6.1.0-1", "truncated")]
    [InlineData("boot/vmlinuz-6.1.0-1", null)]
    [InlineData("lib/modules/6.1.0-1/modules.dep", "altered")]
    [InlineData("seal", "")]
    public async Task Damaged_entry_is_fetched_again(string file, string? content)
    {
        LinuxKernel kernel = await GetAsync();
        string damaged = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(kernel.Path))!, file);
        if (content is null)
            File.Delete(damaged);
        else
            await File.WriteAllTextAsync(damaged, content, Token);

        LinuxKernel mended = await GetAsync();
        Assert.Equal("content of boot/vmlinuz-6.1.0-1", await File.ReadAllTextAsync(mended.Path, Token));
        Assert.Equal(2, _debian.Downloads);
    }

    [Fact]
    public async Task Package_with_another_hash_is_refused_and_nothing_is_kept()
    {
        _debian.Corruption = "\nboot/evil";
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(GetAsync);

        Assert.Contains("not what apt announced", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_directory.Path, "kernels")));
        Assert.DoesNotContain(_debian.Commands, command => command.StartsWith("dpkg-deb", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leftover_of_a_killed_owner_is_replaced()
    {
        _directory.Write("kernels/linux-image-6.1.0-1_1.0-1_amd64.partial/boot/vmlinuz-0-bogus", "half");
        LinuxKernel kernel = await GetAsync();

        Assert.EndsWith("vmlinuz-6.1.0-1", kernel.Path, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_directory.Path, "kernels"), "*.partial"));
    }

    [Fact]
    public async Task Cancelled_download_leaves_no_entry()
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var never = new TaskCompletionSource();
        _debian.Gate = never.Task;
        Task<LinuxKernel> fetching = CreateStore().GetAsync(["linux-image-cloud-amd64"], cancelled.Token);
        while (_debian.Downloads == 0)
            await Task.Yield();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_directory.Path, "kernels")));
    }

    [Fact]
    public async Task Missing_lists_lead_to_the_command_that_fetches_them()
    {
        _debian.HasLists = false;
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(GetAsync);

        Assert.Contains("`sudo apt-get update`", error.Message, StringComparison.Ordinal);
        Assert.Contains("E: No packages found", error.CommandOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_lists_are_no_matter_when_a_kernel_is_kept()
    {
        LinuxKernel kept = await GetAsync();
        _debian.HasLists = false;
        Directory.Delete(_lists);

        Assert.Equal(kept.Path, (await GetAsync()).Path);
    }

    [Fact]
    public async Task Host_without_apt_is_told_of_the_other_ways()
    {
        _debian.HasApt = false;
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(GetAsync);
        Assert.Contains("LinuxKernel.FromHost", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Package_that_is_no_kernel_is_refused()
    {
        _debian.Add("linux-image-cloud-amd64", "1", "bash");
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(GetAsync);
        Assert.Contains("neither a kernel nor depends on one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kernel_and_modules_in_two_packages_make_one_entry()
    {
        _debian.Add("linux-image-virtual", "6.8.0.50", "linux-image-6.8.0-50-generic");
        _debian.Add("linux-image-6.8.0-50-generic", "6.8.0-50.51", "kmod, linux-modules-6.8.0-50-generic", "boot/vmlinuz-6.8.0-50-generic");
        _debian.Add("linux-modules-6.8.0-50-generic", "6.8.0-50.51", "", "lib/modules/6.8.0-50-generic/modules.builtin");

        LinuxKernel kernel = await CreateStore().GetAsync(["linux-image-cloud-other", "linux-image-virtual"], Token);

        Assert.Equal("6.8.0-50-generic", kernel.Release);
        Assert.Equal(2, _debian.Downloads);
    }

    [Fact]
    public async Task Cache_that_cannot_be_written_is_named()
    {
        var store = new DebianKernelStore(_directory.Write("file", ""), _debian.RunAsync) { AptListsDirectory = _lists };
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => store.GetAsync(["linux-image-cloud-amd64"], Token));
        Assert.Contains(Path.Combine(_directory.Path, "file"), error.Message, StringComparison.Ordinal);
    }

    private Task<LinuxKernel> GetAsync() => CreateStore().GetAsync(["linux-image-cloud-amd64"], Token);

    private DebianKernelStore CreateStore() => new(_directory.Path, _debian.RunAsync) { AptListsDirectory = _lists };
}
