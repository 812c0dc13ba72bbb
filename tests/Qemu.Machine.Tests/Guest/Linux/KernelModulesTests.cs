using System.Diagnostics;
using System.IO.Compression;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Guest.Linux;

public sealed class KernelModulesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Modules_come_after_all_that_they_need_and_none_twice()
    {
        _directory.Write("modules.dep", """
            kernel/net/failover.ko:
            kernel/drivers/net/net_failover.ko: kernel/net/failover.ko
            kernel/drivers/net/virtio_net.ko: kernel/drivers/net/net_failover.ko kernel/drivers/virtio/virtio.ko
            kernel/drivers/virtio/virtio-ring.ko.xz:
            kernel/drivers/virtio/virtio.ko: kernel/drivers/virtio/virtio-ring.ko.xz

            """);

        IReadOnlyList<string> order = KernelModules.Read(_directory.Path).InLoadOrder(["virtio_ring", "virtio-net", "failover"]);

        Assert.Equal(["virtio-ring.ko.xz", "failover.ko", "net_failover.ko", "virtio.ko", "virtio_net.ko"], order.Select(Path.GetFileName));
        Assert.All(order, path => Assert.StartsWith(_directory.Path, path, StringComparison.Ordinal));
    }

    [Fact]
    public void Built_in_module_needs_no_file()
    {
        _directory.Write("modules.dep", "kernel/a.ko:\n");
        _directory.Write("modules.builtin", "kernel/fs/ext4/ext4.ko\n");

        Assert.Empty(KernelModules.Read(_directory.Path).InLoadOrder(["ext4"]));
    }

    [Fact]
    public void Unknown_module_is_named_with_those_of_similar_name()
    {
        _directory.Write("modules.dep", "kernel/virtio_blk.ko:\nkernel/loop.ko:\n");

        GuestImageException error = Assert.Throws<GuestImageException>(() => KernelModules.Read(_directory.Path).InLoadOrder(["blk"]));
        Assert.Contains("no module blk", error.Message, StringComparison.Ordinal);
        Assert.Contains("It has virtio_blk.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_list_says_how_to_make_one() =>
        Assert.Contains("depmod", Assert.Throws<GuestImageException>(() => KernelModules.Read(_directory.Path)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Compressed_modules_are_stored_plain_and_listed_in_load_order()
    {
        byte[] content = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i / 100))];
        await File.WriteAllBytesAsync(_directory.Write("lib/modules/1.2/plain.ko", content), content, Token);
        using (var gzip = new GZipStream(File.Create(Path.Combine(_directory.Path, "lib/modules/1.2/packed.ko.gz")), CompressionLevel.Fastest))
            await gzip.WriteAsync(content, Token);
        _directory.Write("lib/modules/1.2/squeezed.ko", content);
        await RunAsync("xz", "--check=crc32", Path.Combine(_directory.Path, "lib/modules/1.2/squeezed.ko"));
        _directory.Write("lib/modules/1.2/modules.dep", "plain.ko: packed.ko.gz\npacked.ko.gz: squeezed.ko.xz\nsqueezed.ko.xz:\n");
        LinuxKernel kernel = LinuxKernel.FromFiles(_directory.Write("image", "no header"), Path.Combine(_directory.Path, "lib/modules/1.2"));

        using var stream = new MemoryStream();
        await new Initramfs().WithInit("#!/bin/sh\n").AddKernelModules(kernel, "plain").AddKernelModules(kernel, "packed").WriteToAsync(stream, Token);
        List<CpioReader.Member> members = CpioReader.Read(stream.ToArray());

        Assert.Equal("1.2", kernel.Release);
        Assert.Equal("/lib/modules/1.2/squeezed.ko\n/lib/modules/1.2/packed.ko\n/lib/modules/1.2/plain.ko\n", members.Single(m => m.Name == "etc/modules.load").Text);
        foreach (string name in (string[])["squeezed", "packed", "plain"])
            Assert.Equal(content, members.Single(m => m.Name == $"lib/modules/1.2/{name}.ko").Content);
    }

    [Fact]
    public async Task Damaged_module_is_named()
    {
        _directory.Write("modules.dep", "a.ko.gz:\n");
        _directory.Write("a.ko.gz", "this is no gzip");
        LinuxKernel kernel = LinuxKernel.FromFiles(_directory.Write("image", ""), _directory.Path);

        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => new Initramfs().WithInit("x").AddKernelModules(kernel, "a").WriteToAsync(Stream.Null, Token));
        Assert.Contains("a.ko.gz cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_than_a_module_is_refused_when_dependencies_are_made()
    {
        _directory.Write("kernel/a.ko", "this is no module");

        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => KernelModules.WriteDependenciesAsync(_directory.Path, Token));
        Assert.Contains("a.ko", error.Message, StringComparison.Ordinal);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync(Token);
        Assert.Equal(0, process.ExitCode);
    }
}
