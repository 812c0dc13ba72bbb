namespace Tests.Qemu.Machine;

/// <summary>The system's clock, set wrong: what is then told the time by it shows.</summary>
internal sealed class ShiftedTimeProvider(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
}
