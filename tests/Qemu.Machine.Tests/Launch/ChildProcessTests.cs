using Qemu.Machine;

namespace Tests.Qemu.Machine.Launch;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task Exit_is_told_when_all_that_the_process_started_is_dead_too()
    {
        // With so much memory to give back, page by page, the program takes its time to die.
        ChildProcess process = ChildProcess.Spawn(new SpawnRequest(
            "/bin/sh",
            ["-c", "\"$@\" & wait", "sh", "/usr/bin/env", Machines.Binary, "-S", "-display", "none", "-object", "memory-backend-ram,id=ram,size=512M,prealloc=on,share=on"],
            Output: null,
            []));
        int child = 0;
        await Eventually.IsTrueAsync(
            () => ProcessTable.Children(process.ProcessId) is [var only] && ProcessTable.ResidentBytes(child = only) > 512L * 1024 * 1024,
            "the program to have its memory");

        process.Signal(ProcessTable.SigKill);

        Assert.Equal(ProcessTable.SigKill, (await process.Exited).Signal);
        Assert.False(ProcessTable.IsAlive(child));
    }
}
