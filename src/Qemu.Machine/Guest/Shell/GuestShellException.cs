using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>The guest's shell could not do its part: a tool is missing, or something else wrote into the command's output. The command may have run; the shell stays usable.</summary>
public sealed class GuestShellException : QemuException
{
    internal GuestShellException(string message)
        : base(message)
    {
    }
}
