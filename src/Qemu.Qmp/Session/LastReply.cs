namespace Qemu.Qmp;

// Delivers replies from the reader loop. The last of those that came together waits until the loop has nothing left to do and its next read is
// under way; then what waits for it runs on the reader's thread, which saves a change of threads for each command. The ones before go elsewhere:
// what waits for one reply may block on another.
internal sealed class LastReply
{
    private PendingCommand? _command;

    public void Add(PendingCommand answered)
    {
        DeliverElsewhere();
        _command = answered;
    }

    public PendingCommand? Take()
    {
        PendingCommand? command = _command;
        _command = null;
        return command;
    }

    public void DeliverElsewhere() => Take()?.DeliverElsewhere();
}
