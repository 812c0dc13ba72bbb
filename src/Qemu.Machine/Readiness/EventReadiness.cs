using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>QEMU reports an event.</summary>
internal sealed class EventReadiness(QmpEventPattern pattern) : Readiness
{
    public override string Description => $"the event {pattern}";

    internal override Task WaitAsync(QemuMachine machine, IReadOnlyList<ConsoleMark> launch, CancellationToken cancellationToken) =>
        machine.Events.WaitAnyAsync([pattern], Timeout.InfiniteTimeSpan, cancellationToken);
}
