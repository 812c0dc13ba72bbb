using System.Text.RegularExpressions;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>When a machine counts as ready for tests, beyond being launched.</summary>
public abstract class Readiness
{
    /// <summary>What is waited for, in words.</summary>
    public abstract string Description { get; }

    /// <summary>Ready when a console shows a text, from its first byte on.</summary>
    public static Readiness Console(string text, int console = 0) => new ConsoleReadiness(text, console);

    /// <summary>Ready when a console matches a regular expression, from its first byte on.</summary>
    public static Readiness Console(Regex pattern, int console = 0) => new ConsoleReadiness(pattern, console);

    /// <summary>Ready when the guest agent answers; the machine needs <see cref="QemuMachineBuilder.WithGuestAgent"/>.</summary>
    public static Readiness GuestAgent() => new AgentReadiness();

    /// <summary>Ready when a TCP port of the guest is listened on; the machine needs a forward to it, <see cref="QemuMachineBuilder.WithUserNetwork"/>.</summary>
    public static Readiness Port(int guestPort) => new PortReadiness(guestPort);

    /// <summary>Ready when QEMU has reported an event.</summary>
    public static Readiness Event(QmpEventPattern pattern) => new EventReadiness(pattern);

    /// <summary>Ready when QEMU has reported an event.</summary>
    public static Readiness Event(string name) => new EventReadiness(new QmpEventPattern(name));

    /// <summary>Ready when a command in the guest's shell exits with code 0; it is run again and again until it does.</summary>
    public static Readiness Command(string command) => new CommandReadiness(command);

    /// <summary>Ready when a condition of your own is; it is given up on by cancelling its token.</summary>
    /// <param name="description">What is waited for, in words: it stands in the message when it does not come.</param>
    /// <param name="condition">Completes when the machine is ready; throws when it cannot become so.</param>
    public static Readiness When(string description, Func<QemuMachine, CancellationToken, Task> condition) =>
        new CustomReadiness(description, condition);

    /// <summary>Ready when all of them are, one after the other, under the one deadline.</summary>
    public static Readiness All(params IReadOnlyList<Readiness> conditions) => new AllReadiness(conditions);

    /// <summary>Ready when the first of them is.</summary>
    public static Readiness Any(params IReadOnlyList<Readiness> conditions) => new AnyReadiness(conditions);

    /// <summary>Waits until the machine is ready; the deadline is the caller's.</summary>
    /// <param name="machine">A launched machine.</param>
    /// <param name="launch">Where each console stood when this launch began.</param>
    /// <param name="cancellationToken">Ends the wait, at the deadline too.</param>
    internal abstract Task WaitAsync(QemuMachine machine, IReadOnlyList<ConsoleMark> launch, CancellationToken cancellationToken);
}
