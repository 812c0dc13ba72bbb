using Qemu.Qmp;

namespace Qemu.Testing;

/// <summary>The host lacks what a machine needs, so nothing was started. Adapters turn it into a skipped test.</summary>
public sealed class RequirementNotMetException : QemuException
{
    /// <summary>Creates it.</summary>
    /// <param name="reason">What is needed and why it is not there, as a skip reason.</param>
    public RequirementNotMetException(string reason)
        : base(reason)
    {
    }
}
