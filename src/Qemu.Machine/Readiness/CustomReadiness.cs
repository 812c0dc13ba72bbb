namespace Qemu.Machine;

/// <summary>A condition of the user's.</summary>
internal sealed class CustomReadiness(string description, Func<QemuMachine, CancellationToken, Task> condition) : Readiness
{
    public override string Description => description;

    internal override Task WaitAsync(QemuMachine machine, IReadOnlyList<ConsoleMark> launch, CancellationToken cancellationToken) =>
        condition(machine, cancellationToken);
}
