using Qemu.Machine;

namespace Tests.Qemu.Machine.Agent;

/// <summary>A machine with the agent for the tests of one class.</summary>
public sealed class AgentMachine : IAsyncLifetime
{
    public QemuMachine Machine { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Machine = (await AgentGuest.BuilderAsync()).Build();
        await Machine.StartAsync();
    }

    public ValueTask DisposeAsync() => Machine?.DisposeAsync() ?? default;
}
