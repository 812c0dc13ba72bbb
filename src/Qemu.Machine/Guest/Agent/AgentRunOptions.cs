using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>How <see cref="GuestAgent.RunAsync"/> runs a program.</summary>
public sealed record AgentRunOptions
{
    internal static AgentRunOptions Default { get; } = new();

    /// <summary>What the program reads on its standard input, up to 32 MiB. Default: nothing.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The program's environment. Default: the agent's own.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The deadline for its end; null: 30 s, scaled by the settings.</summary>
    public TimeSpan? Timeout { get; init; }
}
