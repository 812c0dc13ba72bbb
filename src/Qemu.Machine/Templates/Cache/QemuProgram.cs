using System.Collections.Concurrent;

namespace Qemu.Machine;

/// <summary>Which QEMU a specification means: its file and what it says of its version, which tells builds apart that are started through a script.</summary>
internal static class QemuProgram
{
    private static readonly ConcurrentDictionary<(string Command, FileIdentity Identity), string> s_known = [];

    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    /// <exception cref="GuestImageException">It does not run.</exception>
    public static async Task<string> IdentifyAsync(QemuMachineSpec spec, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> command = ProgramResolution.Resolve(spec, ["--version"]);
        FileIdentity identity = FileIdentity.Of(command[0]);
        string name = ShellQuoting.Join(command);
        if (s_known.TryGetValue((name, identity), out string? known))
            return known;
        string version = await HostProgram.RunAsync(command[0], [.. command.Skip(1)], Environment.CurrentDirectory, cancellationToken).ConfigureAwait(false);
        return s_known[(name, identity)] = $"{name} {identity.Length} {identity.Written} {version}";
    }
}
