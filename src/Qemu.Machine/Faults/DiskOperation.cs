namespace Qemu.Machine;

/// <summary>What a <see cref="DiskFault"/> makes fail.</summary>
public enum DiskOperation
{
    /// <summary>Reading.</summary>
    Read,

    /// <summary>Writing.</summary>
    Write,

    /// <summary>Flushing to stable storage.</summary>
    Flush,

    /// <summary>Discarding.</summary>
    Discard,
}
