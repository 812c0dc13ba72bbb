using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>A program beside QEMU that is a part of the machine, such as swtpm, and a chardev that leads to it.</summary>
/// <param name="Name">The chardev's id, and the program's name in messages.</param>
/// <param name="Program">A path, or a name on PATH.</param>
/// <param name="Arguments">
/// Its arguments. <c>{socket}</c> stands for the number of a descriptor that is connected with QEMU's chardev, <c>{listener}</c> for that of a
/// listening socket to which QEMU has connected already, and <c>{directory}</c> for a directory that goes with the machine.
/// </param>
public sealed record CompanionOption(string Name, string Program, ImmutableArray<string> Arguments) : QemuOption
{
    internal const string Socket = "{socket}";
    internal const string Listener = "{listener}";

    /// <summary>Whether it starts with a socket that is connected to QEMU.</summary>
    internal bool HasSocket => Mentions(Socket);

    /// <summary>Whether it accepts QEMU's connection itself.</summary>
    internal bool HasListener => Mentions(Listener);

    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        if (HasSocket && HasListener)
            throw new QemuConfigurationException($"The companion '{Name}' names both {Socket} and {Listener}; QEMU connects with it once.");
        if (commandLine.TakeAlong(this) is { } address)
            commandLine.Add("-chardev", $"socket,id={Name},{address}");
    }

    private bool Mentions(string placeholder) => Arguments.Any(argument => argument.Contains(placeholder, StringComparison.Ordinal));
}
