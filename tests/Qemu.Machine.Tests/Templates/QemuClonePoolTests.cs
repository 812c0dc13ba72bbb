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
    public async Task Clone_that_is_kept_ready_stands_still_until_it_is_wanted()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(), Token);
        await using QemuMachine machine = template.CreateClone();
        var start = new CloneStart(machine, template);

        await start.PrepareAsync(Token);
        Assert.False((await machine.Qmp.ExecuteAsync("query-status", Token)).GetProperty("running").GetBoolean());
        await start.ResumeAsync(Token);

        Assert.True((await machine.Qmp.ExecuteAsync("query-status", Token)).GetProperty("running").GetBoolean());
        Assert.Equal("echo: hello", await machine.AskAsync("hello"));
    }

    [Fact]
    public async Task Wait_for_readiness_ends_when_so_many_clones_are_ready()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(), Token);
        await using var pool = new QemuClonePool(template, size: 3);

        await pool.WaitUntilReadyAsync(1, Token);
        Assert.InRange(pool.Ready, 1, 3);
        await pool.WaitUntilReadyAsync(cancellationToken: Token);
        Assert.Equal(3, pool.Ready);

        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.WaitUntilReadyAsync(4, Token); });
    }

    [Fact]
    public async Task Wait_for_readiness_says_why_a_clone_did_not_come_up()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(), Token);
        await File.WriteAllTextAsync(template.Files.DeviceState, "no state of a machine", Token);
        await using var pool = new QemuClonePool(template, size: 1);

        QemuTemplateException error = await Assert.ThrowsAsync<QemuTemplateException>(() => pool.WaitUntilReadyAsync(cancellationToken: Token));

        Assert.Contains("device state", error.Message);
    }

    [Fact]
    public async Task Clone_that_died_while_it_waited_is_made_again()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(), Token);
        await using var pool = new QemuClonePool(template, size: 1);
        await pool.WaitUntilReadyAsync(cancellationToken: Token);
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
        await pool.WaitUntilReadyAsync(2, Token);

        await pool.DisposeAsync();
        await template.DisposeAsync();

        Assert.Empty(Directory.EnumerateFileSystemEntries(home.Root));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.TakeAsync(Token));
    }

    [Fact]
    public async Task Pool_may_be_disposed_of_again()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(), Token);
        var pool = new QemuClonePool(template, size: 1);

        await pool.DisposeAsync();
        await pool.DisposeAsync();
    }

    [Fact]
    public async Task Who_waits_for_a_clone_when_the_pool_is_disposed_of_hears_of_that()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(), Token);
        var pool = new QemuClonePool(template, size: 1);

        Task take = pool.TakeAsync(Token);
        await pool.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => take);
    }
}
