namespace Qemu.Machine;

/// <summary>The guest agent answers.</summary>
internal sealed class AgentReadiness : Readiness
{
    public override string Description => "the guest agent answers";

    internal override Task WaitAsync(QemuMachine machine, IReadOnlyList<ConsoleMark> launch, CancellationToken cancellationToken) =>
        machine.GuestAgent.PingAsync(Timeout.InfiniteTimeSpan, cancellationToken);
}
