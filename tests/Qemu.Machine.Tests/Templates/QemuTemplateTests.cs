using Qemu.Machine;

namespace Tests.Qemu.Machine;

public sealed class QemuTemplateTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pc", QemuVersions.Host)]
    [InlineData("q35", QemuVersions.Host)]
    [InlineData("microvm", QemuVersions.Host)]
    [InlineData("pc", QemuVersions.Newer)]
    [InlineData("q35", QemuVersions.Newer)]
    [InlineData("microvm", QemuVersions.Newer)]
    public async Task Clone_goes_on_where_the_template_was_saved(string type, string version)
    {
        string binary = QemuVersions.Binary(version);
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(type, binary).ReadyWhen(RomMachine.ReadyWithPoke("5a")), Token);

        await using QemuMachine clone = await template.CloneAsync(Token);

        Assert.Equal(MachineStartKind.Clone, clone.LatestStart!.Kind);
        Assert.Equal("5a", await clone.PeekAsync());
        Assert.DoesNotContain(TestRom.Ready, clone.Console.GetText());
        Assert.Contains(TestRom.Ready, template.ConsoleText());
    }

    [Fact]
    public async Task Clones_do_not_see_each_others_memory()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe().ReadyWhen(RomMachine.ReadyWithPoke("5a")), Token);
        await using QemuMachine first = await template.CloneAsync(Token);
        await using QemuMachine second = await template.CloneAsync(Token);

        await first.PokeAsync("11");
        await using QemuMachine third = await template.CloneAsync(Token);

        Assert.Equal("11", await first.PeekAsync());
        Assert.Equal("5a", await second.PeekAsync());
        Assert.Equal("5a", await third.PeekAsync());
    }

    [Fact]
    public async Task Clone_can_be_started_again_and_is_pristine_then()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe().ReadyWhen(RomMachine.ReadyWithPoke("5a")), Token);
        await using QemuMachine clone = await template.CloneAsync(Token);
        await clone.PokeAsync("11");
        await clone.KillAsync();

        await clone.StartAsync(Token);

        Assert.Equal("5a", await clone.PeekAsync());
    }

    [Fact]
    public async Task Clone_resets_into_its_own_firmware()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(), Token);
        await using QemuMachine clone = await template.CloneAsync(Token);

        await clone.Qmp.ExecuteAsync("system_reset", Token);

        await clone.Console.WaitForAsync(TestRom.Ready, cancellationToken: Token);
        Assert.Contains("boots=2", await clone.AskAsync("id"));
    }

    [Fact]
    public async Task Balloon_cannot_reach_the_templates_memory()
    {
        string newer = QemuVersions.Binary(QemuVersions.Newer);
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe("pc", newer).WithDevice("virtio-balloon-pci"), Token);

        await using QemuMachine clone = await template.CloneAsync(Token);

        Assert.Equal(MachineStartKind.Clone, clone.LatestStart!.Kind);
        Assert.Contains("readonly=on,rom=off", clone.CommandLine);
    }

    [Fact]
    public async Task Each_clone_has_a_host_port_of_its_own()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe().WithUserNetwork(22), Token);

        await using QemuMachine first = await template.CloneAsync(Token);
        await using QemuMachine second = await template.CloneAsync(Token);

        Assert.NotEqual(first.HostPort(22), second.HostPort(22));
        await using Stream reached = await second.ConnectAsync(22, Token);
    }

    [Fact]
    public async Task Events_of_the_restore_are_none_of_the_clones_own()
    {
        await using QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe(), Token);
        await using QemuMachine clone = await template.CloneAsync(Token);
        await clone.Qmp.ExecuteAsync("system_reset", Token);
        await clone.ShutdownAsync(cancellationToken: Token);
        await clone.StartAsync(Token);

        string[] names = [.. clone.Events.TakeAll().Select(qmpEvent => qmpEvent.Name)];

        Assert.DoesNotContain(names, name => name is "MIGRATION" or "STOP" or "RESUME");
        Assert.Equal(["RESET", "SHUTDOWN"], names.Where(name => name is "RESET" or "SHUTDOWN"));

        await clone.Qmp.ExecuteAsync("stop", Token);
        await clone.Events.WaitAsync("STOP", cancellationToken: Token);
    }

    [Fact]
    public async Task Template_leaves_nothing_behind()
    {
        using var root = new TempRoot();
        QemuTemplate template = await QemuTemplate.CreateAsync(RomMachine.Describe().WithTempRoot(root.Path), Token);
        QemuMachine clone = await template.CloneAsync(Token);

        await template.DisposeAsync();
        Assert.Equal("echo: still here", await clone.AskAsync("still here"));
        await clone.DisposeAsync();

        Assert.Empty(Directory.EnumerateFileSystemEntries(root.Path));
    }

    [Fact]
    public async Task Template_needs_a_boot_that_becomes_ready()
    {
        using var root = new TempRoot();
        QemuMachineBuilder builder = RomMachine.Describe().WithTempRoot(root.Path)
            .ReadyWhen(Readiness.Console("never said"), TimeSpan.FromMilliseconds(500));

        QemuTimeoutException error = await Assert.ThrowsAsync<QemuTimeoutException>(() => QemuTemplate.CreateAsync(builder, Token));

        Assert.Contains("never said", error.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(root.Path));
    }

    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Device_that_cannot_be_saved_is_named(string version)
    {
        QemuMachineBuilder builder = RomMachine.Describe("pc", QemuVersions.Binary(version)).WithDevice("nvme,serial=x");

        QemuTemplateException error = await Assert.ThrowsAsync<QemuTemplateException>(() => QemuTemplate.CreateAsync(builder, Token));

        Assert.Contains("nvme", Assert.Single(error.Blockers));
        Assert.Contains("nvme", error.Message);
    }

    [Theory]
    [InlineData("WithMemory", "-m", "64M")]
    [InlineData("WithMemory", "-object", "memory-backend-ram,id=x,size=1M")]
    [InlineData("WithDisk", "-drive", "file=/dev/null")]
    [InlineData("WithDisk", "-blockdev", "driver=null-co,node-name=x")]
    [InlineData("WithMachine", "-M", "q35")]
    [InlineData("leave it out", "-incoming", "defer")]
    [InlineData("leave it out", "-preconfig")]
    [InlineData("8.2", "-device", "virtio-balloon-pci")]
    public async Task Raw_argument_that_hides_what_a_template_needs_is_refused(string advice, params string[] arguments)
    {
        QemuMachineBuilder builder = RomMachine.Describe().WithArguments(arguments);

        QemuConfigurationException error = await Assert.ThrowsAsync<QemuConfigurationException>(() => QemuTemplate.CreateAsync(builder, Token));

        Assert.Contains(advice, error.Message);
    }
}
