using System.Globalization;
using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>A program to be started beside QEMU.</summary>
/// <param name="Name">What it is called in messages and files.</param>
/// <param name="Program">A path, or a name on PATH.</param>
/// <param name="Arguments">Its arguments, <see cref="Directory"/> not yet replaced.</param>
/// <param name="Descriptors">Descriptors that it gets besides the standard three, each with its number there. This process closes its copies once the program has its own.</param>
internal sealed record CompanionProgram(
    string Name,
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<(SafeHandle Source, int Target)> Descriptors) : IDisposable
{
    /// <summary>Stands in the arguments for a directory that is the companion's own and goes with the machine.</summary>
    public const string Directory = "{directory}";

    /// <summary>Behind the standard three and the lifeline's.</summary>
    private const int FirstDescriptor = 4;

    /// <summary>Makes the two ends of a companion's channel.</summary>
    /// <param name="option">The companion.</param>
    /// <param name="qemus">QEMU's end, which is the caller's; null when the companion wants no channel.</param>
    public static CompanionProgram Connect(CompanionOption option, out SafeHandle? qemus)
    {
        qemus = null;
        (SafeHandle Source, int Target)[] descriptors = [];
        if (option.HasSocket || option.HasListener)
        {
            using DescriptorPair pair = option.HasSocket ? DescriptorPair.CreateSocketPair() : CompanionListener.Create();
            descriptors = [(DescriptorPair.Duplicate(pair.Theirs), FirstDescriptor)];
            qemus = pair.TakeOurs();
        }

        string number = FirstDescriptor.ToString(CultureInfo.InvariantCulture);
        return new CompanionProgram(
            option.Name,
            option.Program,
            [.. option.Arguments.Select(argument => argument
                .Replace(CompanionOption.Socket, number, StringComparison.Ordinal)
                .Replace(CompanionOption.Listener, number, StringComparison.Ordinal))],
            descriptors);
    }

    public void Dispose()
    {
        foreach ((SafeHandle source, _) in Descriptors)
            source.Dispose();
    }
}
