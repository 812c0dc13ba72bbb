using System.Globalization;
using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>The descriptors that go into one QEMU process, and their numbers there.</summary>
internal sealed class LaunchDescriptors : IDescriptorPassing, IDisposable
{
    /// <summary>Behind the standard three and the lifeline's.</summary>
    private const int FirstChannel = 4;

    private readonly List<(SafeHandle Source, int Target)> _items = [];
    private readonly List<CompanionProgram> _companions = [];
    private int _nextChannel = FirstChannel;

    public IReadOnlyList<(SafeHandle Source, int Target)> Items => _items;

    /// <summary>What is to run beside QEMU.</summary>
    public IReadOnlyList<CompanionProgram> Companions => _companions;

    /// <summary>Passes one end of a channel, under the smallest free number, and takes ownership of it.</summary>
    public int PassChannel(SafeHandle handle)
    {
        _items.Add((handle, _nextChannel));
        return _nextChannel++;
    }

    /// <inheritdoc />
    public int Pass(SafeHandle handle)
    {
        SafeHandle copy = DescriptorPair.Duplicate(handle);
        int number = (int)copy.DangerousGetHandle();
        _items.Add((copy, number));
        return number;
    }

    /// <inheritdoc />
    public string? TakeAlong(CompanionOption companion)
    {
        _companions.Add(CompanionProgram.Connect(companion, out SafeHandle? qemus));
        using (qemus)
            return qemus is null ? null : string.Create(CultureInfo.InvariantCulture, $"fd={Pass(qemus)}");
    }

    /// <summary>Closes this process's copies, once QEMU has its own.</summary>
    public void Dispose()
    {
        foreach ((SafeHandle source, _) in _items)
            source.Dispose();
        foreach (CompanionProgram companion in _companions)
            companion.Dispose();
    }
}
