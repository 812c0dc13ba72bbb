namespace Qemu.Machine;

/// <summary>What kind of step it is.</summary>
internal enum MachineStepKind
{
    /// <summary>On the way to a machine that runs and is ready.</summary>
    Launch,

    /// <summary>Something is not as it should be; the machine's log says so.</summary>
    Warning,

    /// <summary>The guest panicked.</summary>
    Panic,

    /// <summary>The machine ended.</summary>
    End,
}
