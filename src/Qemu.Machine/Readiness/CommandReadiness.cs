namespace Qemu.Machine;

/// <summary>A command in the guest's shell succeeds, sooner or later.</summary>
internal sealed class CommandReadiness(string command) : Readiness
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    public override string Description => $"`{command}` succeeds";

    internal override async Task WaitAsync(QemuMachine machine, IReadOnlyList<ConsoleMark> launch, CancellationToken cancellationToken)
    {
        while (!(await machine.Shell.RunAsync(command, Timeout.InfiniteTimeSpan, cancellationToken: cancellationToken).ConfigureAwait(false)).Succeeded)
            await Task.Delay(s_pause, machine.Waits.TimeProvider, cancellationToken).ConfigureAwait(false);
    }
}
