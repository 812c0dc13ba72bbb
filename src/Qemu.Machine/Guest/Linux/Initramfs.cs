using System.IO.Compression;

namespace Qemu.Machine;

/// <summary>
/// Builds the initial RAM file system of a Linux guest: the guest's whole user space, or the first part of it. Equal input gives equal bytes.
/// Everything belongs to root, directories above a member are made as needed, and host files are read when the image is written, not before.
/// Not thread-safe while members are added.
/// </summary>
/// <example>
/// <code>
/// LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync();
/// string initrd = await new Initramfs().AddBusybox().AddKernelModules(kernel, "virtio_pci", "virtio_blk").BuildAsync();
/// </code>
/// </example>
public sealed class Initramfs
{
    private readonly CpioTree _tree = new();
    private readonly List<string> _modules = [];
    private readonly List<string> _programs = [];
    private readonly List<string> _commands = [];

    private string? _busybox;
    private string? _init;
    private string _readyLine = "GUEST READY";
    private CompressionLevel _compression = CompressionLevel.NoCompression;

    /// <summary>Adds a file of the host, of any size up to 4 GiB; it is streamed.</summary>
    /// <param name="guestPath">Absolute path in the guest.</param>
    /// <param name="hostPath">The file to copy; symbolic links are followed.</param>
    /// <param name="mode">Permissions; by default 0755 when the host's owner may execute the file, else 0644.</param>
    /// <exception cref="GuestImageException">The host file does not exist.</exception>
    public Initramfs AddFile(string guestPath, string hostPath, UnixFileMode? mode = null)
    {
        string path = Path.GetFullPath(hostPath);
        if (!File.Exists(path))
            throw new GuestImageException($"{guestPath} cannot be added to the initramfs: there is no file {path}.");

        return Add(CpioEntry.File(GuestPath.ToArchiveName(guestPath), mode ?? HostFile.ModeOf(path), _ => Task.FromResult(HostFile.Open(path))));
    }

    /// <summary>Adds a file with the given content, which is copied. Permissions are 0644 unless told otherwise.</summary>
    public Initramfs AddFile(string guestPath, ReadOnlySpan<byte> content, UnixFileMode mode = HostFile.PlainMode) =>
        Add(CpioEntry.File(GuestPath.ToArchiveName(guestPath), mode, content.ToArray()));

    /// <summary>Adds a file whose content comes from a seekable stream, such as an embedded resource: <paramref name="open"/> is called each time the image is written, and the stream disposed.</summary>
    public Initramfs AddFile(string guestPath, Func<Stream> open, UnixFileMode mode = HostFile.PlainMode)
    {
        ArgumentNullException.ThrowIfNull(open);
        return Add(CpioEntry.File(GuestPath.ToArchiveName(guestPath), mode, _ => Task.FromResult(open())));
    }

    /// <summary>Adds a script: an executable file with that text in UTF-8. Its first line names its interpreter, such as <c>#!/bin/sh</c>.</summary>
    public Initramfs AddScript(string guestPath, string text) =>
        Add(CpioEntry.File(GuestPath.ToArchiveName(guestPath), HostFile.ExecutableMode, GuestText.Encode(text)));

    /// <summary>Adds an empty directory, or gives one that holds members these permissions (0755 by default).</summary>
    public Initramfs AddDirectory(string guestPath, UnixFileMode mode = HostFile.ExecutableMode) =>
        Add(CpioEntry.Directory(GuestPath.ToArchiveName(guestPath), mode));

    /// <summary>Adds a symbolic link; the target is stored as given and need not exist.</summary>
    public Initramfs AddSymlink(string guestPath, string target)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        return Add(CpioEntry.Symlink(GuestPath.ToArchiveName(guestPath), target));
    }

    /// <summary>Adds a device node. <c>/dev/console</c> and <c>/dev/null</c> are always there; a mounted devtmpfs brings all others.</summary>
    public Initramfs AddDeviceNode(string guestPath, DeviceNodeType type, int major, int minor, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(major);
        ArgumentOutOfRangeException.ThrowIfNegative(minor);
        return Add(CpioEntry.Device(GuestPath.ToArchiveName(guestPath), type, major, minor, mode));
    }

    /// <summary>
    /// Adds a program of the host with the shared libraries that it needs there: one executable, or a folder such as the output of <c>dotnet publish --self-contained</c>
    /// (a guest without ICU wants <c>InvariantGlobalization</c>). Libraries keep their host paths, and only those the files are linked with are found.
    /// </summary>
    /// <param name="guestPath">Where the executable, or the folder, is in the guest.</param>
    /// <param name="hostPath">The executable or the folder.</param>
    /// <exception cref="GuestImageException">There is no such file or folder.</exception>
    public Initramfs AddProgram(string guestPath, string hostPath)
    {
        string path = Path.GetFullPath(hostPath);
        if (Directory.Exists(path))
            return AddFolder(guestPath, new DirectoryInfo(path));

        _programs.Add(path);
        return AddFile(guestPath, path, HostFile.ExecutableMode);
    }

    /// <summary>Adds busybox as <c>/bin/busybox</c> with a link for each of its applets, <c>/bin/sh</c> among them. A file added at an applet's place wins.</summary>
    /// <param name="hostPath">A statically linked busybox that runs on the host; by default the host's own (Debian: <c>busybox-static</c>).</param>
    /// <exception cref="GuestImageException">There is none, or it is dynamically linked.</exception>
    public Initramfs AddBusybox(string? hostPath = null)
    {
        _busybox = Busybox.Find(hostPath);
        return this;
    }

    /// <summary>
    /// Adds kernel modules and all that they depend on, uncompressed, under <c>/lib/modules/RELEASE</c>. The generated init loads them in the order given, each after
    /// its dependencies; an own init finds that order in <c>/etc/modules.load</c>. Modules that are built into the kernel are accepted and need no file.
    /// </summary>
    /// <exception cref="GuestImageException">The kernel has no such module, or no module directory.</exception>
    public Initramfs AddKernelModules(LinuxKernel kernel, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        string directory = kernel.ModulesDirectory ?? throw new GuestImageException($"The kernel {kernel.Path} came without a module directory: pass one to LinuxKernel.FromFiles.");

        foreach (string file in KernelModules.Read(directory).InLoadOrder(names))
        {
            string relative = KernelModuleFile.PlainPath(Path.GetRelativePath(directory, file)).Replace('\\', '/');
            string guestPath = $"/lib/modules/{kernel.Release}/{relative}";
            if (_modules.Contains(guestPath))
                continue;

            Add(CpioEntry.File(GuestPath.ToArchiveName(guestPath), HostFile.PlainMode, token => KernelModuleFile.OpenPlainAsync(file, token)));
            _modules.Add(guestPath);
        }

        return this;
    }

    /// <summary>Replaces the generated <c>/init</c> by this script. Without it, init mounts proc, sysfs and devtmpfs, loads the modules, runs the commands of <see cref="RunBeforeReady"/>, and on each console prints the ready line and starts a shell.</summary>
    public Initramfs WithInit(string script)
    {
        ArgumentException.ThrowIfNullOrEmpty(script);
        _init = script;
        return this;
    }

    /// <summary>Sets what the generated init prints when the guest is ready; <c>GUEST READY</c> by default.</summary>
    public Initramfs WithReadyLine(string line)
    {
        ArgumentException.ThrowIfNullOrEmpty(line);
        _readyLine = line;
        return this;
    }

    /// <summary>Adds shell commands that the generated init runs once the modules are loaded and before it prints the ready line.</summary>
    public Initramfs RunBeforeReady(string commands)
    {
        ArgumentException.ThrowIfNullOrEmpty(commands);
        _commands.Add(commands);
        return this;
    }

    /// <summary>Compresses the image with gzip. Off by default: the file gets smaller, but an emulated guest boots more slowly.</summary>
    public Initramfs WithGzip(CompressionLevel level = CompressionLevel.Optimal)
    {
        _compression = level;
        return this;
    }

    /// <summary>Writes the image to a stream, which stays open.</summary>
    /// <exception cref="GuestImageException">A host file cannot be read, the image has no init, or a host program that is needed failed.</exception>
    public async Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        InitramfsImage image = await CreateImageAsync(cancellationToken).ConfigureAwait(false);
        await image.WriteAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the image to a file, which appears whole or not at all and replaces an older one.</summary>
    /// <exception cref="GuestImageException">As for the stream, or the file cannot be written.</exception>
    public async Task WriteToAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        InitramfsImage image = await CreateImageAsync(cancellationToken).ConfigureAwait(false);
        await image.WriteFileAsync(Path.GetFullPath(path), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the image once under a name made from its content and returns the path; equal images of all tests and runs share one file.</summary>
    /// <param name="cacheDirectory">Where images are kept; null: the cache directory of the settings, by default <c>xunit-qemu</c> in the user's local application data.</param>
    /// <param name="cancellationToken">Leaves no half-written image under the final name.</param>
    /// <exception cref="GuestImageException">As for the file, or the directory cannot be made.</exception>
    public async Task<string> BuildAsync(string? cacheDirectory = null, CancellationToken cancellationToken = default)
    {
        InitramfsImage image = await CreateImageAsync(cancellationToken).ConfigureAwait(false);
        return await LongWork.RunAsync("Building a guest image", waitsFor: null, () => image.WriteOnceAsync(GuestCache.Open(cacheDirectory ?? MachineScope.Settings.CacheDirectory), cancellationToken)).ConfigureAwait(false);
    }

    private async Task<InitramfsImage> CreateImageAsync(CancellationToken cancellationToken)
    {
        var tree = new CpioTree(_tree);
        foreach (string program in _programs)
        {
            foreach (string library in await SharedLibraries.FindAsync(program, cancellationToken).ConfigureAwait(false))
                tree.AddUnlessTaken(CpioEntry.File(GuestPath.ToArchiveName(library), HostFile.ExecutableMode, _ => Task.FromResult(HostFile.Open(library))));
        }

        if (_busybox is not null)
        {
            foreach (CpioEntry entry in await Busybox.GetEntriesAsync(_busybox, cancellationToken).ConfigureAwait(false))
                tree.AddUnlessTaken(entry);
        }

        InitSkeleton.AddTo(tree, _init ?? (_busybox is null ? null : InitScript.Create(_readyLine, _commands)), _modules);
        return new InitramfsImage(tree.InOrder(), _compression);
    }

    private Initramfs AddFolder(string guestPath, DirectoryInfo folder)
    {
        AddDirectory(guestPath);
        foreach (FileSystemInfo item in folder.EnumerateFileSystemInfos())
        {
            string place = GuestPath.Combine(guestPath, item.Name);
            if (item.LinkTarget is { } target)
                AddSymlink(place, target);
            else if (item is DirectoryInfo inner)
                AddFolder(place, inner);
            else
                AddFile(place, item.FullName)._programs.Add(item.FullName);
        }

        return this;
    }

    private Initramfs Add(CpioEntry entry)
    {
        _tree.Add(entry);
        return this;
    }
}
