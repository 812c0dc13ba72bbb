namespace Qemu.Machine;

/// <summary>A way for a file's content in and out of the guest.</summary>
internal interface IGuestFileTransport
{
    /// <summary>Writes a file, made or cut to nothing first.</summary>
    Task WriteAsync(string path, Stream content, CancellationToken cancellationToken);

    /// <summary>Reads a file to its end.</summary>
    Task ReadAsync(string path, Stream destination, CancellationToken cancellationToken);

    /// <summary>Runs a shell command.</summary>
    Task<ShellResult> RunAsync(string command, CancellationToken cancellationToken);
}
