namespace Qemu.Machine;

/// <summary>A file that this user may not read or write.</summary>
internal sealed class PermissionRule() : OutputRule("Permission denied", "Operation not permitted", "Read-only file system")
{
    public override string Name => "permission-denied";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string path = line.Quoted();
        if (path.Length == 0 || line.Says("KVM") || !path.Contains('/', StringComparison.Ordinal))
            return null;
        if (line.Says("Read-only file system"))
            return new Finding($"'{path}' is on a read-only file system.", "Open it read-only or throw writes away: .WithDisk(path, readOnly: true) or .WithDisk(path, snapshot: true).");
        string user = evidence.HasWrapper ? "the user that QEMU runs as" : $"the user {evidence.Host.User}";
        string fix = line.Option is { } option && DiskOptions.IsDisk(option) && File.Exists(path)
            ? $"Allow it (chmod, or the owner that made it), or copy the image; .WithDisk(path, readOnly: true) or snapshot: true needs no right to write. `namei -l {path}` shows which part of the path is closed."
            : $"`namei -l {path}` shows which part of the path is closed.";
        return new Finding($"'{path}' cannot be opened by {user}.", fix);
    }
}
