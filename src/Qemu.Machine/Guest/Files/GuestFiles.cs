using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Qemu.Machine;

/// <summary>
/// Files and directories in and out of a running guest: by the guest agent where the machine has one, else by the shell.
/// Each file's SHA-256 is compared where the guest has <c>sha256sum</c>; directories need <c>tar</c> there. Thread-safe.
/// </summary>
/// <remarks>Without a timeout a transfer may take 30 s, scaled by the settings, and one second more for each 20 kB.</remarks>
public sealed class GuestFiles
{
    private const int SlowestRate = 20_000;

    private readonly QemuMachine _machine;
    private readonly IGuestFileTransport _transport;

    internal GuestFiles(QemuMachine machine, IGuestFileTransport transport)
    {
        _machine = machine;
        _transport = transport;
    }

    /// <summary>Copies a file, with its permissions, or a directory with all that is in it.</summary>
    /// <param name="hostPath">A file or directory of the host.</param>
    /// <param name="guestPath">Its path in the guest; its parent is made where needed. A directory's content goes into it.</param>
    /// <param name="timeout">The deadline.</param>
    /// <param name="cancellationToken">Ends the transfer, with part of it done.</param>
    /// <exception cref="IOException">The host's file or directory cannot be read, or is neither (a pipe, a device).</exception>
    /// <exception cref="GuestCommandException">The guest cannot write it.</exception>
    /// <exception cref="GuestShellException">What arrived is not what was sent.</exception>
    /// <exception cref="QemuTimeoutException">It took too long.</exception>
    /// <exception cref="QemuExitedException">QEMU ended.</exception>
    /// <exception cref="GuestPanicException">The guest panicked.</exception>
    public async Task CopyToGuestAsync(string hostPath, string guestPath, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        if (Directory.Exists(hostPath))
        {
            await CopyDirectoryToGuestAsync(hostPath, guestPath, timeout, cancellationToken).ConfigureAwait(false);
            return;
        }

        // A pipe would block its opening for ever, a device may have no end.
        if (OperatingSystem.IsLinux() && File.Exists(hostPath) && !FileIdentity.Of(hostPath).IsRegular)
            throw new IOException($"'{hostPath}' is no regular file: read it, and use {nameof(WriteAsync)}.");
        var file = new FileStream(hostPath, FileMode.Open, FileAccess.Read, FileShare.Read);
        await using (file.ConfigureAwait(false))
        {
            string mode = OperatingSystem.IsWindows() ? "644" : Convert.ToString((int)File.GetUnixFileMode(hostPath), toBase: 8);
            await SendAsync(file, guestPath, mode, timeout, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Copies a file or a directory out of the guest. Links in a directory stay links, wherever they lead.</summary>
    /// <param name="guestPath">A file or directory of the guest.</param>
    /// <param name="hostPath">Its path on the host; its parent is made where needed. A directory's content goes into it.</param>
    /// <param name="timeout">The deadline.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <exception cref="IOException">The host's file or directory cannot be written.</exception>
    /// <exception cref="GuestCommandException">The guest cannot read it.</exception>
    /// <exception cref="GuestShellException">What arrived is not what was sent.</exception>
    /// <exception cref="QemuTimeoutException">It took too long.</exception>
    /// <exception cref="QemuExitedException">QEMU ended.</exception>
    /// <exception cref="GuestPanicException">The guest panicked.</exception>
    public async Task CopyFromGuestAsync(string guestPath, string hostPath, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        string target = Path.GetFullPath(hostPath);
        string quoted = ShellQuoting.Quote(guestPath);
        ShellResult kind = await RunAsync(guestPath, timeout, token => _transport.RunAsync($"[ -d {quoted} ] && echo directory; stat -c %a {quoted}", token), cancellationToken).ConfigureAwait(false);
        if (kind.Output.StartsWith("directory", StringComparison.Ordinal))
        {
            await CopyDirectoryFromGuestAsync(guestPath, target, timeout, cancellationToken).ConfigureAwait(false);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var file = new FileStream(target, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        await using (file.ConfigureAwait(false))
            await ReceiveAsync(guestPath, file, timeout, cancellationToken).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows() && kind.Output.Trim() is { Length: > 0 } mode)
            File.SetUnixFileMode(target, (UnixFileMode)Convert.ToInt32(mode, fromBase: 8));
    }

    /// <summary>Writes a file in the guest, mode 0644.</summary>
    /// <inheritdoc cref="CopyToGuestAsync"/>
    public async Task WriteAsync(string guestPath, ReadOnlyMemory<byte> content, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        await SendAsync(stream, guestPath, "644", timeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a text as UTF-8.</summary>
    /// <inheritdoc cref="CopyToGuestAsync"/>
    public Task WriteTextAsync(string guestPath, string text, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WriteAsync(guestPath, Encoding.UTF8.GetBytes(text), timeout, cancellationToken);

    /// <summary>Reads a file of the guest.</summary>
    /// <inheritdoc cref="CopyFromGuestAsync"/>
    public async Task<byte[]> ReadAsync(string guestPath, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        using var content = new MemoryStream();
        await ReceiveAsync(guestPath, content, timeout, cancellationToken).ConfigureAwait(false);
        return content.ToArray();
    }

    /// <summary>Reads a file of the guest as UTF-8.</summary>
    /// <inheritdoc cref="CopyFromGuestAsync"/>
    public async Task<string> ReadTextAsync(string guestPath, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Encoding.UTF8.GetString(await ReadAsync(guestPath, timeout, cancellationToken).ConfigureAwait(false));

    /// <summary>Mounts a directory of the host in the guest; its kernel needs the module that <see cref="SharedDirectoryKind"/> names.</summary>
    /// <param name="tag">The tag given to <see cref="QemuMachineBuilder.WithSharedDirectory"/>.</param>
    /// <param name="guestPath">Where; made where needed.</param>
    /// <param name="timeout">The deadline; null: 30 s, scaled by the settings.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QemuConfigurationException">The machine shares no directory of that tag.</exception>
    /// <exception cref="GuestCommandException">The guest cannot mount it.</exception>
    public async Task MountSharedDirectoryAsync(string tag, string guestPath, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        SharedDirectoryOption share = _machine.Spec.Options.OfType<SharedDirectoryOption>().FirstOrDefault(share => share.Tag == tag)
            ?? throw new QemuConfigurationException($"Machine {_machine.Name} shares no directory '{tag}': add .WithSharedDirectory(hostPath, \"{tag}\").");
        string quoted = ShellQuoting.Quote(guestPath);
        ShellResult result = await RunAsync(
            guestPath,
            timeout,
            token => _transport.RunAsync($"mkdir -p {quoted} && mount {share.MountOptions} {ShellQuoting.Quote(tag)} {quoted}", token),
            cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw new GuestCommandException(result, $"The shared directory '{tag}' cannot be mounted at {guestPath} in the guest; does its kernel have the driver?");
    }

    private async Task CopyDirectoryToGuestAsync(string hostPath, string guestPath, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        FileStream archive = OpenTemporary();
        await using (archive.ConfigureAwait(false))
        {
            await TarFile.CreateFromDirectoryAsync(hostPath, archive, includeBaseDirectory: false, cancellationToken).ConfigureAwait(false);
            archive.Position = 0;
            string passing = PassingPath();
            await SendAsync(archive, passing, "600", timeout, cancellationToken).ConfigureAwait(false);
            string quoted = ShellQuoting.Quote(guestPath);
            await RequireAsync($"mkdir -p {quoted} && tar -x -f {passing} -C {quoted}; r=$?; rm -f {passing}; exit $r", guestPath, timeout, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CopyDirectoryFromGuestAsync(string guestPath, string target, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        string passing = PassingPath();
        await RequireAsync($"tar -c -f {passing} -C {ShellQuoting.Quote(guestPath)} .", guestPath, timeout, cancellationToken).ConfigureAwait(false);
        FileStream archive = OpenTemporary();
        await using (archive.ConfigureAwait(false))
        {
            await ReceiveAsync(passing, archive, timeout, cancellationToken).ConfigureAwait(false);
            await RequireAsync($"rm -f {passing}", guestPath, timeout, cancellationToken).ConfigureAwait(false);
            archive.Position = 0;
            Directory.CreateDirectory(target);
            await GuestArchive.UnpackAsync(archive, target, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(Stream content, string guestPath, string mode, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        string quoted = ShellQuoting.Quote(guestPath);
        string sum = Convert.ToHexString(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
        content.Position = 0;
        await RunAsync(
            guestPath,
            timeout ?? TimeFor(content.Length),
            async token =>
            {
                (await _transport.RunAsync($"mkdir -p \"$(dirname {quoted})\"", token).ConfigureAwait(false)).EnsureSucceeded();
                await _transport.WriteAsync(guestPath, content, token).ConfigureAwait(false);
                ShellResult check = await _transport.RunAsync($"chmod {mode} {quoted} && sha256sum <{quoted}", token).ConfigureAwait(false);
                Compare(check, sum, guestPath);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task ReceiveAsync(string guestPath, Stream destination, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        string quoted = ShellQuoting.Quote(guestPath);
        TimeSpan limit = timeout ?? await TimeForAsync(quoted, guestPath, cancellationToken).ConfigureAwait(false);
        await RunAsync(
            guestPath,
            limit,
            async token =>
            {
                await _transport.ReadAsync(guestPath, destination, token).ConfigureAwait(false);
                destination.Position = 0;
                string sum = Convert.ToHexString(await SHA256.HashDataAsync(destination, token).ConfigureAwait(false));
                Compare(await _transport.RunAsync($"sha256sum <{quoted}", token).ConfigureAwait(false), sum, guestPath);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static void Compare(ShellResult check, string sum, string guestPath)
    {
        if (check.Succeeded && !check.Output.StartsWith(sum, StringComparison.OrdinalIgnoreCase))
            throw new GuestShellException($"The file {guestPath} of the guest is not the same after it was copied: its SHA-256 there is {check.Output.Trim()}, here {sum}. Did something write to it meanwhile?");
        if (check.ExitCode is not (0 or 127))
            throw new GuestCommandException(check, $"The file {guestPath} of the guest cannot be checked");
    }

    private async Task RequireAsync(string command, string guestPath, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        ShellResult result = await RunAsync(guestPath, timeout, token => _transport.RunAsync(command, token), cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw new GuestCommandException(result, $"The directory {guestPath} of the guest cannot be copied");
    }

    private async Task<TimeSpan> TimeForAsync(string quoted, string guestPath, CancellationToken cancellationToken)
    {
        ShellResult size = await RunAsync(guestPath, timeout: null, token => _transport.RunAsync($"wc -c <{quoted}", token), cancellationToken).ConfigureAwait(false);
        return size.Succeeded && long.TryParse(size.Output.Trim(), CultureInfo.InvariantCulture, out long length)
            ? TimeFor(length)
            : throw new GuestCommandException(size, $"The file {guestPath} of the guest cannot be read");
    }

    private TimeSpan TimeFor(long length) => _machine.Spec.Settings.Scale(GuestWaits.DefaultTimeout + TimeSpan.FromSeconds((double)length / SlowestRate));

    private Task<T> RunAsync<T>(string guestPath, TimeSpan? timeout, Func<CancellationToken, Task<T>> transfer, CancellationToken cancellationToken) => LongWork.RunAsync(
        $"Copying {guestPath}, machine {_machine.Name}",
        "its guest",
        () => _machine.Waits.RunAsync(
            $"the transfer of {guestPath} in the guest of machine {_machine.Name}",
            timeout,
            transfer,
            () => null,
            cancellationToken));

    private static string PassingPath() => $"/tmp/copy-{RandomNumberGenerator.GetHexString(12, lowercase: true)}.tar";

    private static FileStream OpenTemporary() => new(
        Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
}
