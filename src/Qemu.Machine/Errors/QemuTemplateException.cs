using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>A template could not be made of a machine that boots, or a clone could not be started from it. Nothing is left of the attempt; the machine can be booted.</summary>
public sealed class QemuTemplateException : QemuException
{
    internal QemuTemplateException(string message, IReadOnlyList<string>? blockers = null, Exception? innerException = null)
        : base(message, innerException) => Blockers = blockers ?? [];

    /// <summary>Why QEMU cannot save the machine, in its own words, which name the device; empty when something else failed.</summary>
    public IReadOnlyList<string> Blockers { get; }
}
