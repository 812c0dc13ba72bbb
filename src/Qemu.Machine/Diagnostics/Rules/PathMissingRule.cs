namespace Qemu.Machine;

/// <summary>A directory, socket or file that QEMU was to write to or connect to and that is not there.</summary>
internal sealed class PathMissingRule() : OutputRule("No such file or directory")
{
    public override string Name => "path-missing";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string path = line.Says("backing store") ? line.Between("backing store ", " for guest RAM")
            : line.Quoted() is { Length: > 0 } quoted ? quoted
            : line.Between("logfile ", ":");
        if (!path.StartsWith('/') && !path.Contains('/', StringComparison.Ordinal))
            return null;
        if (line.Says("Failed to connect"))
            return new Finding($"Nothing listens at '{path}'.", "Start the server first, or let QEMU listen: server=on,wait=off.");
        string? directory = Path.GetDirectoryName(Path.GetFullPath(path));
        return directory is not null && !Directory.Exists(directory)
            ? new Finding($"The directory '{directory}' does not exist.", "Make it before the launch: QEMU makes files, not directories.")
            : new Finding($"'{path}' does not exist.", MissingFile.Advice(path));
    }
}
