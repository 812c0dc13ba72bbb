using System.Globalization;
using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>A descriptor of this process that QEMU gets as a member of an fdset, <c>-add-fd</c>.</summary>
/// <param name="Handle">The descriptor; QEMU gets a copy at each launch, and no other process does.</param>
/// <param name="FdSet">The fdset's number; QEMU opens it as <c>/dev/fdset/N</c>.</param>
/// <param name="Opaque">Free text that <c>query-fdsets</c> shows; null for none.</param>
/// <param name="Options">More properties, comma-separated; null for none.</param>
public sealed record FileDescriptorOption(SafeHandle Handle, int FdSet, string? Opaque, string? Options) : QemuOption
{
    /// <summary>What a person would open; asked now, as the test may have closed it by the time somebody wants to know.</summary>
    internal FileBehind Behind { get; } = FileBehind.Of(Handle);

    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        string value = string.Create(
            CultureInfo.InvariantCulture,
            $"fd={commandLine.PassDescriptor(Handle)},set={FdSet}");
        if (Opaque is not null)
            value += ",opaque=" + CommandLineBuilder.EscapeCommas(Opaque);
        if (Options is not null)
            value += "," + Options;
        commandLine.Add("-add-fd", value);
    }
}
