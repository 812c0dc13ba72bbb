using Qemu.Machine;

namespace Tests.Qemu.Machine.Shell;

/// <summary>A Linux machine for the tests of one class.</summary>
public sealed class LinuxMachine : IAsyncLifetime
{
    public QemuMachine Machine { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Machine = (await LinuxGuest.BuilderAsync()).Build();
        await Machine.StartAsync();
    }

    public ValueTask DisposeAsync() => Machine.DisposeAsync();
}
