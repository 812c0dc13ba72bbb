using Qemu.Machine;

namespace Tests.Qemu.Machine.Guest.Linux;

public sealed class LinuxKernelTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Files_that_are_missing_are_named()
    {
        Assert.Contains("/no/vmlinuz", Assert.Throws<GuestImageException>(() => LinuxKernel.FromFiles("/no/vmlinuz")).Message, StringComparison.Ordinal);
        string image = _directory.Write("vmlinuz", "");
        Assert.Contains("/no/modules", Assert.Throws<GuestImageException>(() => LinuxKernel.FromFiles(image, "/no/modules")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernel_without_modules_cannot_give_any()
    {
        LinuxKernel kernel = LinuxKernel.FromFiles(_directory.Write("vmlinuz", ""));
        Assert.Contains("without a module directory", Assert.Throws<GuestImageException>(() => new Initramfs().AddKernelModules(kernel, "loop")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "6.1.0-18")]
    [InlineData("6.1.0-9", "6.1.0-9")]
    [InlineData("6.1.0-99", "6.1.0-18")]
    public void Host_gives_the_running_kernel_or_else_the_newest_with_modules(string? running, string expected)
    {
        AddInstalled("6.1.0-9");
        AddInstalled("6.1.0-18");
        _directory.Write("boot/vmlinuz-7.0", "no modules");
        if (running is not null)
            _directory.Write("proc/sys/kernel/osrelease", running + "\n");

        LinuxKernel kernel = HostKernels.Find(_directory.Path);

        Assert.Equal(expected, kernel.Release);
        Assert.Equal(Path.Combine(_directory.Path, "boot", "vmlinuz-" + expected), kernel.Path);
        Assert.Equal(Path.Combine(_directory.Path, "lib", "modules", expected), kernel.ModulesDirectory);
    }

    [Fact]
    public void Host_without_a_usable_kernel_says_why_and_what_to_do()
    {
        _directory.Write("boot/vmlinuz-7.0", "no modules");

        string message = Assert.Throws<GuestImageException>(() => HostKernels.Find(_directory.Path)).Message;
        Assert.Contains("vmlinuz-7.0", message, StringComparison.Ordinal);
        Assert.Contains("has no modules.dep", message, StringComparison.Ordinal);
        Assert.Contains("FromDebianPackageAsync", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("6.1.0-9", "6.1.0-18", -1)]
    [InlineData("6.10", "6.9", 1)]
    [InlineData("6.1.0-18-amd64", "6.1.0-18-amd64", 0)]
    [InlineData("6.1", "6.1.1", -1)]
    [InlineData("6.01", "6.1", 0)]
    public void Releases_are_ordered_by_their_numbers(string left, string right, int expected) =>
        Assert.Equal(expected, Math.Sign(ReleaseOrder.Instance.Compare(left, right)));

    private void AddInstalled(string release)
    {
        _directory.Write($"boot/vmlinuz-{release}", "image");
        _directory.Write($"lib/modules/{release}/modules.dep", "");
    }
}
