namespace Qemu.Machine;

/// <summary>A program that a person's shell starts beside QEMU.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Words">Program and arguments; empty: only its test could start it.</param>
/// <param name="Socket">The path at which QEMU and it meet; null when it wants no channel.</param>
internal sealed record ManualCompanion(string Name, IReadOnlyList<string> Words, string? Socket)
{
    /// <summary>No shell makes a connected socket to hand on. These arguments say the same by a path: swtpm's, and those of QEMU's vhost-user programs such as virtiofsd.</summary>
    private static readonly (string Descriptor, string Path)[] s_paths =
    [
        ("clientfd=" + CompanionOption.Socket, "path="),
        ("--fd=" + CompanionOption.Listener, "--socket-path="),
    ];

    /// <summary>Where its files go.</summary>
    internal string Folder => $"{ManualCommand.SocketDirectory}/companion-{Name}";

    public static ManualCompanion Of(CompanionOption companion)
    {
        string? socket = companion.HasSocket || companion.HasListener ? $"{ManualCommand.SocketDirectory}/{companion.Name}.sock" : null;
        var draft = new ManualCompanion(companion.Name, [], socket);
        string program = ExecutableLookup.Find(companion.Program, firstDirectory: null, out _) ?? companion.Program;
        string[] words = [program, .. JoinOptions(companion.Arguments).Select(argument => WithPath(argument, socket).Replace(CompanionProgram.Directory, draft.Folder, StringComparison.Ordinal))];
        bool isWhole = !words.Any(word => word.Contains(CompanionOption.Socket, StringComparison.Ordinal) || word.Contains(CompanionOption.Listener, StringComparison.Ordinal));
        return isWhole ? draft with { Words = words } : draft;
    }

    /// <summary><c>--fd</c> and its value may be two words.</summary>
    private static IEnumerable<string> JoinOptions(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
            yield return i + 1 < arguments.Count && arguments[i + 1] == CompanionOption.Listener ? $"{arguments[i]}={arguments[++i]}" : arguments[i];
    }

    private static string WithPath(string argument, string? socket)
    {
        foreach ((string descriptor, string path) in s_paths)
            argument = argument.Replace(descriptor, path + socket, StringComparison.Ordinal);
        return argument;
    }
}
