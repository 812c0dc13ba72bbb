namespace Qemu.Machine;

/// <summary>A user that QEMU should become and that does not exist.</summary>
internal sealed class UserUnknownRule() : OutputRule("doesn't exist (and is not <uid>:<gid>)")
{
    public override string Name => "user-unknown";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) =>
        new($"There is no user '{line.Quoted(quote: '"')}' on this host.", "Name one that exists, or numbers: UID:GID.");
}
