using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>What a person's shell opens and starts for QEMU instead of this process.</summary>
internal sealed class ManualDescriptors(QemuMachineSpec spec) : IDescriptorPassing
{
    /// <summary>Behind the standard three.</summary>
    private const int First = 3;

    private readonly List<ManualDescriptor> _files = [];
    private readonly List<ManualCompanion> _companions = [];

    public IReadOnlyList<ManualDescriptor> Files => _files;

    public IReadOnlyList<ManualCompanion> Companions => _companions;

    public int Pass(SafeHandle handle)
    {
        FileBehind file = spec.Options.OfType<FileDescriptorOption>().First(option => ReferenceEquals(option.Handle, handle)).Behind;
        _files.Add(ManualDescriptor.Of(First + _files.Count, file));
        return _files[^1].Number;
    }

    public string? TakeAlong(CompanionOption companion)
    {
        var manual = ManualCompanion.Of(companion);
        _companions.Add(manual);
        if (manual.Socket is not { } socket)
            return null;
        return manual.Words.Count > 0 ? $"path={socket}" : $"path={socket},server=on,wait=off";
    }
}
