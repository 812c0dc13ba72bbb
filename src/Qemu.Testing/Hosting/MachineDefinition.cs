using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>What a fixture says of its machine.</summary>
internal sealed record MachineDefinition
{
    /// <summary>What the machine is called in reports: the fixture's own name.</summary>
    public required string Name { get; init; }

    /// <summary>The QEMU program.</summary>
    public required string Binary { get; init; }

    /// <summary>Describes the machine; called once, when the first machine is about to start.</summary>
    public required Action<QemuMachineBuilder> Configure { get; init; }

    /// <summary>What happens before each test.</summary>
    public ResetPolicy Reset { get; init; }

    /// <summary>Runs when a machine has become ready, at each start.</summary>
    public Func<QemuMachine, CancellationToken, Task> OnReady { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Runs before a machine that is running is taken down.</summary>
    public Func<QemuMachine, CancellationToken, Task> OnStopping { get; init; } = static (_, _) => Task.CompletedTask;
}
