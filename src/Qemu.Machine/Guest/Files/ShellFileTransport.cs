namespace Qemu.Machine;

/// <summary>Files through the shell's console.</summary>
internal sealed class ShellFileTransport(GuestShell shell) : IGuestFileTransport
{
    public async Task WriteAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        ShellResult result = await shell.RunAsync(
            $"cat >{ShellQuoting.Quote(path)}",
            Timeout.InfiniteTimeSpan,
            new ShellRunOptions { Input = content },
            cancellationToken).ConfigureAwait(false);
        Check(result, path);
    }

    public async Task ReadAsync(string path, Stream destination, CancellationToken cancellationToken)
    {
        ShellResult result = await shell.RunAsync(
            $"cat {ShellQuoting.Quote(path)}",
            Timeout.InfiniteTimeSpan,
            new ShellRunOptions { Encoding = ShellEncoding.Base64, MaximumOutput = int.MaxValue },
            cancellationToken).ConfigureAwait(false);
        Check(result, path);
        await destination.WriteAsync(result.OutputBytes, cancellationToken).ConfigureAwait(false);
    }

    public Task<ShellResult> RunAsync(string command, CancellationToken cancellationToken) =>
        shell.RunAsync(command, Timeout.InfiniteTimeSpan, cancellationToken: cancellationToken);

    private static void Check(ShellResult result, string path)
    {
        if (!result.Succeeded)
            throw new GuestCommandException(result, $"The file {path} of the guest cannot be copied");
    }
}
