namespace Qemu.Machine;

/// <summary>A text or expression on a console.</summary>
internal sealed class ConsoleReadiness(ConsolePattern pattern, int console) : Readiness
{
    public override string Description => $"{pattern} on console {console}";

    internal override Task WaitAsync(QemuMachine machine, IReadOnlyList<ConsoleMark> launch, CancellationToken cancellationToken) =>
        console < launch.Count
            ? machine.Consoles[console].WaitForAsync(pattern, Timeout.InfiniteTimeSpan, launch[console], cancellationToken)
            : throw new QemuConfigurationException(
                $"Machine {machine.Name} is ready when console {console} shows {pattern}, and has {launch.Count} consoles: add .WithConsole().");
}
