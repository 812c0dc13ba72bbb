namespace Qemu.Testing;

/// <summary>What all machines on the host together may take.</summary>
/// <param name="Machines">How many.</param>
/// <param name="Memory">Bytes for their guests; null: what the host can spare.</param>
internal sealed record HostBudget(int Machines, long? Memory)
{
    private const int MachinesPerCore = 4;

    /// <summary>What the settings say; else four machines a core, and the memory that the host can spare.</summary>
    public static HostBudget From(QemuTestSettings settings) => new(settings.MaxMachines ?? MachinesPerCore * Environment.ProcessorCount, settings.Memory);

    /// <summary>The bytes that machines may take while those that are counted take some: what was asked for, else three quarters of the host's, and no more than is free.</summary>
    public long MemoryBeside(long taken)
    {
        if (Memory is { } bytes)
            return bytes;
        HostMemory host = HostMemory.Read();
        long spare = host.Total / 4 * 3;
        return host.Available > spare - taken ? spare : host.Available + taken;
    }
}
