using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.Versioning;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Guest.Linux;

public sealed class InitramfsTests : IDisposable
{
    private const string Init = "#!/bin/sh\n";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Members_carry_type_permissions_and_content()
    {
        string program = _directory.Write("program", "binary");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string plain = _directory.Write("plain", "text");
        File.SetUnixFileMode(plain, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        List<CpioReader.Member> members = await ReadAsync(new Initramfs()
            .WithInit(Init)
            .AddFile("/opt/program", program)
            .AddFile("/opt/plain", plain)
            .AddFile("/etc/issue", "hällo"u8)
            .AddFile("/etc/stream", () => new MemoryStream([1, 2, 3]), UnixFileMode.UserRead)
            .AddScript("/sbin/hello", "#!/bin/sh\r\necho hello\r\n")
            .AddSymlink("/etc/alias", "../opt/plain")
            .AddDirectory("/secret", UnixFileMode.UserRead)
            .AddDeviceNode("/dev/vda", DeviceNodeType.Block, 254, 3)
            .AddDeviceNode("/dev/ttyS0", DeviceNodeType.Character, 4, 64));

        Assert.Equal(("100755", "binary"), Of("opt/program"));
        Assert.Equal(("100644", "text"), Of("opt/plain"));
        Assert.Equal(("100644", "hällo"), Of("etc/issue"));
        Assert.Equal(("100400", "\u0001\u0002\u0003"), Of("etc/stream"));
        Assert.Equal(("100755", "#!/bin/sh\necho hello\n"), Of("sbin/hello"));
        Assert.Equal(("100755", Init), Of("init"));
        Assert.Equal(("120777", "../opt/plain"), Of("etc/alias"));
        Assert.Equal(("40400", ""), Of("secret"));
        Assert.Equal(("60600", ""), Of("dev/vda"));
        Assert.Equal(("20600", ""), Of("dev/console"));
        Assert.Equal((254, 3), Device("dev/vda"));
        Assert.Equal((4, 64), Device("dev/ttyS0"));
        Assert.Equal((5, 1), Device("dev/console"));

        (string, string) Of(string name) => members.Where(m => m.Name == name).Select(m => (m.Permissions, m.Text)).Single();
        (int, int) Device(string name) => members.Where(m => m.Name == name).Select(m => (m.Major, m.Minor)).Single();
    }

    [Fact]
    public async Task Directories_are_made_and_come_before_what_they_hold()
    {
        List<CpioReader.Member> members = await ReadAsync(new Initramfs().WithInit(Init).AddFile("/a/b/c", "x"u8).AddFile("/a-b", "y"u8));

        string[] names = [.. members.Select(m => m.Name)];
        Assert.Equal(names.Distinct(), names);
        Assert.Equal(["a", "a-b", "a/b", "a/b/c"], names.Where(name => name[0] == 'a'));
        Assert.Equal("40755", members.Single(m => m.Name == "a/b").Permissions);
        Assert.Equal(Enumerable.Range(1, members.Count), members.Select(m => m.Inode));
        Assert.All(members, m => Assert.Equal((0, 0), (m.Time, m.Owner)));
    }

    [Fact]
    public async Task Image_does_not_depend_on_order_of_calls_or_time_of_files()
    {
        string file = _directory.Write("file", "content");
        byte[] first = await WriteAsync(new Initramfs().WithInit(Init).AddFile("/x", file).AddFile("/y", "y"u8));
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        byte[] second = await WriteAsync(new Initramfs().AddFile("/y", "y"u8).AddFile("/x", file).WithInit(Init));

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Image_is_listed_by_another_cpio()
    {
        string image = Path.Combine(_directory.Path, "image");
        await new Initramfs().WithInit(Init).AddFile("/odd", "abc"u8).AddSymlink("/link", "odd").WriteToAsync(image, Token);

        using Process cpio = Process.Start(new ProcessStartInfo("sh", ["-c", "busybox cpio -t < \"$1\"", "sh", image]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = cpio.StandardError.ReadToEndAsync(Token);
        string listed = await cpio.StandardOutput.ReadToEndAsync(Token);
        await cpio.WaitForExitAsync(Token);

        Assert.True(cpio.ExitCode == 0, await errors);
        Assert.Equal(["dev", "dev/console", "dev/null", "etc", "etc/modules.load", "init", "link", "mnt", "odd", "proc", "root", "run", "sys", "tmp"], listed.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("/")]
    [InlineData("/a//b")]
    [InlineData("/a/")]
    [InlineData("/a/../b")]
    [InlineData("/./a")]
    [InlineData("/a\0b")]
    public void Guest_path_that_is_not_plain_is_refused(string path) =>
        Assert.Throws<ArgumentException>("guestPath", () => new Initramfs().AddFile(path, "x"u8));

    [Fact]
    public void Guest_path_longer_than_the_kernel_takes_is_refused() =>
        Assert.Throws<ArgumentException>("guestPath", () => new Initramfs().AddFile("/" + new string('x', 4096), "x"u8));

    [Fact]
    public void Second_file_at_a_place_is_refused() =>
        Assert.Contains("/a is in the initramfs already", Assert.Throws<ArgumentException>(() => new Initramfs().AddFile("/a", "x"u8).AddSymlink("/a", "b")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task File_below_something_that_is_no_directory_is_refused()
    {
        Initramfs image = new Initramfs().WithInit(Init).AddSymlink("/lib", "usr/lib").AddFile("/lib/x", "x"u8);
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => WriteAsync(image));
        Assert.Contains("/lib/x cannot be placed: /lib", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_host_file_is_named() =>
        Assert.Contains("/no/such/file", Assert.Throws<GuestImageException>(() => new Initramfs().AddFile("/a", "/no/such/file")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Image_without_init_is_refused()
    {
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => WriteAsync(new Initramfs().AddFile("/a", "x"u8)));
        Assert.Contains("AddBusybox()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_grows_while_it_is_read_is_an_error_and_leaves_nothing()
    {
        string image = Path.Combine(_directory.Path, "image");
        var initramfs = new Initramfs().WithInit(Init).AddFile("/a", () => new GrowingStream());
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => initramfs.WriteToAsync(image, Token));

        Assert.Contains("/a changed its length from 1 to 2 bytes", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task Large_file_is_streamed()
    {
        using var sink = new CountingSink();
        using var source = new TrackedSource(16 << 20, sink);
        await new Initramfs().WithInit(Init).AddFile("/big", () => source).WriteToAsync(sink, Token);

        Assert.InRange(sink.Written, 16 << 20, long.MaxValue);
        Assert.InRange(source.LargestLead, 1, 1 << 20);
    }

    [Fact]
    public async Task File_beyond_the_format_is_refused()
    {
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() =>
            new Initramfs().WithInit(Init).AddFile("/big", () => new TrackedSource(1L << 32, new CountingSink())).WriteToAsync(Stream.Null, Token));
        Assert.Contains("/big is 4294967296 bytes long", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unwritable_target_is_an_error_that_names_it()
    {
        GuestImageException error = await Assert.ThrowsAsync<GuestImageException>(() => new Initramfs().WithInit(Init).WriteToAsync("/proc/image", Token));
        Assert.Contains("/proc/image", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compressed_image_unpacks_to_the_plain_one()
    {
        byte[] plain = await WriteAsync(new Initramfs().WithInit(Init));
        byte[] compressed = await WriteAsync(new Initramfs().WithInit(Init).WithGzip());

        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress))
            await gzip.CopyToAsync(unpacked, Token);
        Assert.Equal(plain, unpacked.ToArray());
        Assert.InRange(compressed.Length, 1, plain.Length / 2);
    }

    [Fact]
    public async Task Equal_images_built_at_once_share_one_file()
    {
        string[] paths = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new Initramfs().WithInit(Init).AddFile("/a", "x"u8).BuildAsync(_directory.Path, Token), Token)));
        string other = await new Initramfs().WithInit(Init).AddFile("/a", "z"u8).BuildAsync(_directory.Path, Token);

        string path = Assert.Single(paths.Distinct());
        Assert.NotEqual(path, other);
        Assert.Equal("x", CpioReader.Read(await File.ReadAllBytesAsync(path, Token)).Single(m => m.Name == "a").Text);
        Assert.Equal(new[] { path, other }.Order(), Directory.GetFiles(_directory.Path, "*.cpio").Order());
        Assert.Empty(Directory.GetFiles(_directory.Path, "*.partial"));
    }

    [Fact]
    public async Task Image_built_before_is_not_written_again()
    {
        string path = await new Initramfs().WithInit(Init).BuildAsync(_directory.Path, Token);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        await new Initramfs().WithInit(Init).BuildAsync(_directory.Path, Token);

        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));
    }

    [Fact]
    public async Task Cancelled_write_is_a_cancellation_and_leaves_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        var initramfs = new Initramfs().WithInit(Init).AddFile("/a", () =>
        {
            cancelled.Cancel();
            return new MemoryStream(new byte[1000]);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => initramfs.WriteToAsync(Path.Combine(_directory.Path, "image"), cancelled.Token));
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task Busybox_brings_its_applets_and_yields_to_own_files()
    {
        List<CpioReader.Member> members = await ReadAsync(new Initramfs().AddBusybox().AddScript("/bin/ls", "#!/bin/sh\necho mine\n"));

        Assert.Equal("/bin/busybox", members.Single(m => m.Name == "bin/sh").Text);
        Assert.Equal("/bin/busybox", members.Single(m => m.Name == "sbin/insmod").Text);
        Assert.Contains("mine", members.Single(m => m.Name == "bin/ls").Text, StringComparison.Ordinal);
        Assert.Equal("100755", members.Single(m => m.Name == "bin/busybox").Permissions);
        Assert.Contains("GUEST READY", members.Single(m => m.Name == "init").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Dynamically_linked_busybox_is_refused() =>
        Assert.Contains("dynamically linked", Assert.Throws<GuestImageException>(() => new Initramfs().AddBusybox("/bin/ls")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Program_brings_the_libraries_it_is_linked_with()
    {
        List<CpioReader.Member> members = await ReadAsync(new Initramfs().WithInit(Init).AddProgram("/opt/ls", "/bin/ls"));

        Assert.Contains(members, m => Path.GetFileName(m.Name) == "libc.so.6" && m.Content.Length > 100_000);
        Assert.Contains(members, m => Path.GetFileName(m.Name).StartsWith("ld-linux", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_folder_is_copied_whole_with_its_links()
    {
        _directory.Write("app/program", "#!/bin/sh\n");
        _directory.Write("app/data/table.txt", "1");
        File.CreateSymbolicLink(Path.Combine(_directory.Path, "app", "latest"), "data/table.txt");

        List<CpioReader.Member> members = await ReadAsync(new Initramfs().WithInit(Init).AddProgram("/opt/app", Path.Combine(_directory.Path, "app")));

        Assert.Equal(["opt", "opt/app", "opt/app/data", "opt/app/data/table.txt", "opt/app/latest", "opt/app/program"], members.Select(m => m.Name).Where(name => name.StartsWith("opt", StringComparison.Ordinal)));
        Assert.Equal("data/table.txt", members.Single(m => m.Name == "opt/app/latest").Text);
    }

    private static async Task<List<CpioReader.Member>> ReadAsync(Initramfs initramfs) => CpioReader.Read(await WriteAsync(initramfs));

    private static async Task<byte[]> WriteAsync(Initramfs initramfs)
    {
        using var stream = new MemoryStream();
        await initramfs.WriteToAsync(stream, Token);
        return stream.ToArray();
    }

    private sealed class GrowingStream() : MemoryStream([1, 2])
    {
        public override long Length => 1;
    }

    private sealed class CountingSink : MemoryStream
    {
        public long Written { get; private set; }

        public override void Write(byte[] buffer, int offset, int count) => Written += count;

        public override void Write(ReadOnlySpan<byte> buffer) => Written += buffer.Length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Zeroes, and how far reading them ran ahead of what arrived in the sink.</summary>
    private sealed class TrackedSource(long length, CountingSink sink) : MemoryStream
    {
        private long _read;

        public long LargestLead { get; private set; }

        public override long Length => length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = (int)Math.Min(buffer.Length, length - _read);
            _read += count;
            LargestLead = Math.Max(LargestLead, _read - sink.Written);
            return ValueTask.FromResult(count);
        }
    }
}
