using Qemu.Machine;

namespace Tests.Qemu.Machine;

public sealed class QemuClonePoolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clones_that_were_kept_ready_are_pristine_and_many()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe().ReadyWhen(RomMachine.ReadyWithPoke("5a")), Token);
        await using var pool = new QemuClonePool(template, size: 2);

        for (int i = 0; i < 5; i++)
        {
            await using QemuMachine machine = await pool.TakeAsync(Token);
            Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind);
            Assert.Equal("5a", await machine.PeekAsync());
            await machine.PokeAsync("11");
        }
    }

    [Fact]
    public async Task Clone_that_waits_stands_still()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(), Token);
        await using var pool = new QemuClonePool(template, size: 1);
        while (pool.Ready < 1)
            await Task.Delay(10, Token);

        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        await using QemuMachine machine = await pool.TakeAsync(Token);

        Assert.True((await machine.Events.WaitAsync("RESUME", cancellationToken: Token)).Timestamp >= before);
        Assert.Equal("echo: hello", await machine.AskAsync("hello"));
    }

    [Fact]
    public async Task Clone_that_died_while_it_waited_is_made_again()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(), Token);
        await using var pool = new QemuClonePool(template, size: 1);
        while (pool.Ready < 1)
            await Task.Delay(10, Token);
        foreach (int process in ProcessTable.WithArgument(template.Files.Memory))
            ProcessTable.Signal(process, ProcessTable.SigKill);

        await using QemuMachine machine = await pool.TakeAsync(Token);

        Assert.Equal("echo: hello", await machine.AskAsync("hello"));
    }

    [Fact]
    public async Task Pool_ends_what_nobody_took()
    {
        using var home = new TemplateHome();
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe().WithTempRoot(home.Root), Token);
        var pool = new QemuClonePool(template, size: 3);
        while (pool.Ready < 2)
            await Task.Delay(10, Token);

        await pool.DisposeAsync();
        await template.DisposeAsync();

        Assert.Empty(Directory.EnumerateFileSystemEntries(home.Root));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.TakeAsync(Token));
    }
}
