using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>How <see cref="GuestShell.RunAsync"/> runs a command, beyond the command itself.</summary>
public sealed record ShellRunOptions
{
    internal static ShellRunOptions Default { get; } = new();

    /// <summary>What the command reads on its standard input, of any size; null, the default: nothing. Read from its position on, and left open.</summary>
    public Stream? Input { get; init; }

    /// <summary>Variables added to the command's environment.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Where the command runs; null: where the console's shell stands.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The shell in the guest that interprets the command. Default: <c>sh</c>.</summary>
    public string Interpreter { get; init; } = "sh";

    /// <summary>How the output travels. Default: as it is.</summary>
    public ShellEncoding Encoding { get; init; }

    /// <summary>A command that writes more than this fails, and is interrupted. Default: 256 MiB.</summary>
    public int MaximumOutput { get; init; } = 256 * 1024 * 1024;

    /// <summary>These options with a text, as UTF-8, on standard input.</summary>
    public ShellRunOptions WithInput(string text) => this with { Input = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text), writable: false) };
}
