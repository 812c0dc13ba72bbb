using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

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
    private const string Socket = "{socket}";
    private const string Listener = "{listener}";

    /// <summary>Behind the standard three and the lifeline's.</summary>
    private const int FirstDescriptor = 4;

    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        bool hasSocket = Mentions(Socket);
        bool hasListener = Mentions(Listener);
        if (hasSocket && hasListener)
            throw new QemuConfigurationException($"The companion '{Name}' names both {Socket} and {Listener}; QEMU connects with it once.");
        (SafeHandle Source, int Target)[] descriptors = [];
        if (hasSocket || hasListener)
        {
            using DescriptorPair pair = hasSocket ? DescriptorPair.CreateSocketPair() : CompanionListener.Create();
            descriptors = [(DescriptorPair.Duplicate(pair.Theirs), FirstDescriptor)];
            using SafeHandle qemus = pair.TakeOurs();
            commandLine.Add("-chardev", string.Create(CultureInfo.InvariantCulture, $"socket,id={Name},fd={commandLine.PassDescriptor(qemus)}"));
        }

        string number = FirstDescriptor.ToString(CultureInfo.InvariantCulture);
        commandLine.TakeAlong(new CompanionProgram(
            Name,
            Program,
            [.. Arguments.Select(argument => argument.Replace(Socket, number, StringComparison.Ordinal).Replace(Listener, number, StringComparison.Ordinal))],
            descriptors));
    }

    private bool Mentions(string placeholder) => Arguments.Any(argument => argument.Contains(placeholder, StringComparison.Ordinal));
}
