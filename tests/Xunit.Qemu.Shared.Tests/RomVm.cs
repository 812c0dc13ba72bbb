using System.Collections.Concurrent;
using Qemu.Machine;
using Xunit.Qemu;

namespace Tests.Xunit.Qemu;

public sealed class RomVm : QemuMachineFixture
{
    public ConcurrentQueue<string> Calls { get; } = new();

    protected override string Binary => "qemu-system-x86_64";

    protected override void Configure(QemuMachineBuilder vm) => vm
        .WithMachine("pc").WithMemory("16M").WithFirmware(TestRom.Path)
        .WithConsole()
        .ReadyWhen(Readiness.Console(TestRom.Ready + "\n"));

    protected override Task OnReadyAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        Calls.Enqueue("ready");
        return Task.CompletedTask;
    }
}
