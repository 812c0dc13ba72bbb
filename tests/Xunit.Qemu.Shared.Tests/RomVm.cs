using System.Collections.Concurrent;
using Qemu.Machine;
using Xunit.Qemu;

namespace Tests.Xunit.Qemu;

public sealed class RomVm : QemuMachineFixture
{
    public ConcurrentQueue<string> Calls { get; } = new();

    protected override string Binary => "qemu-system-x86_64";

    public static QemuMachineBuilder Describe(QemuMachineBuilder vm) => vm
        .WithMachine("pc").WithMemory("16M").WithFirmware(TestRom.Path)
        .WithConsole()
        .ReadyWhen(Readiness.Console(TestRom.Ready + "\n"));

    protected override void Configure(QemuMachineBuilder vm) => Describe(vm);

    protected override Task OnReadyAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        Calls.Enqueue("ready");
        return Task.CompletedTask;
    }
}
