namespace Qemu.Testing;

/// <summary>One machine's place in the table. The kernel frees it when its owner dies, however.</summary>
internal sealed class MachineSlot : IDisposable
{
    private readonly Lock _gate = new();
    private FileStream? _file;

    public MachineSlot(FileStream file, IReadOnlyList<MachineClaim> others) => (_file, Others) = (file, others);

    /// <summary>The machines that were counted when this one came.</summary>
    public IReadOnlyList<MachineClaim> Others { get; }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_file is null)
                return;
            try
            {
                File.Delete(_file.Name); // before the lock goes: who finds the file free takes it for a dead owner's
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Without its lock it counts for nothing, and the next who looks removes it.
            }

            _file.Dispose();
            _file = null;
        }
    }
}
