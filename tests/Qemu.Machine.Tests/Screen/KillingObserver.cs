using System.Text;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Screen;

/// <summary>Kills QEMU when a command is about to be sent to it.</summary>
internal sealed class KillingObserver(QemuMachine machine, string command) : IMachineObserver
{
    public void OnQmp(bool sent, ReadOnlySpan<byte> line, long timestamp)
    {
        if (sent && line.IndexOf(Encoding.ASCII.GetBytes(command)) >= 0)
            _ = machine.KillAsync();
    }

    public void OnStep(MachineStep step)
    {
    }

    public void OnConsole(QemuConsole console, ConsoleMark end, long timestamp)
    {
    }

    public void OnScreenshot(Screenshot screenshot, long timestamp)
    {
    }
}
