using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Qemu.Machine;

namespace Tests.Qemu.Machine;

public sealed class FallbackTests : IDisposable
{
    private readonly TemplateHome _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Clone_that_is_not_up_in_time_boots_instead_and_says_so()
    {
        await using QemuMachine machine = _home.Describe(new TemplateOptions { CloneTimeout = TimeSpan.FromMilliseconds(1) }).Build();

        await machine.StartAsync(Token);

        Assert.Equal(MachineStartKind.FallbackBoot, machine.LatestStart!.Kind);
        Assert.Contains("within 0.001 s", machine.LatestStart.Reason);
        Assert.Contains(_home.Log, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("booted instead"));
        Assert.Equal("5a", await machine.PeekAsync());
        Assert.Contains(TestRom.Ready, machine.Console.GetText());
    }

    [Fact]
    public async Task State_that_QEMU_cannot_load_is_built_anew_after_a_boot_instead()
    {
        await using QemuMachine machine = _home.Describe().Build();
        await machine.StartAsync(Token);
        await machine.ShutdownAsync(cancellationToken: Token);
        await ReplaceStateAsync(_home.OnlyTemplate);

        await machine.StartAsync(Token);
        Assert.Equal(MachineStartKind.FallbackBoot, machine.LatestStart!.Kind);
        Assert.Equal("5a", await machine.PeekAsync());
        await machine.ShutdownAsync(cancellationToken: Token);

        await machine.StartAsync(Token);
        Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind);
        Assert.Equal(2, _home.Builds);
    }

    [Fact]
    public async Task Machine_that_cannot_be_saved_boots_and_names_the_device()
    {
        await using QemuMachine machine = _home.Describe().WithDevice("nvme,serial=x").Build();

        await machine.StartAsync(Token);
        Assert.Equal(MachineStartKind.FallbackBoot, machine.LatestStart!.Kind);
        Assert.Contains("nvme", machine.LatestStart.Reason);
        await machine.ShutdownAsync(cancellationToken: Token);
        int logged = _home.Log.Count(entry => entry.Text.Contains(" starts:"));

        await machine.StartAsync(Token);

        Assert.Equal(logged + 1, _home.Log.Count(entry => entry.Text.Contains(" starts:")));
        Assert.Contains("nvme", machine.LatestStart.Reason);
    }

    [Fact]
    public async Task Cancellation_of_a_start_stays_one()
    {
        using var cancelled = new CancellationTokenSource();
        await using QemuMachine machine = _home.Describe()
            .ReadyWhen(Readiness.When("cancelled meanwhile", async (_, token) =>
            {
                await cancelled.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            }))
            .Build();

        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => machine.StartAsync(cancelled.Token));

        Assert.Equal(cancelled.Token, error.CancellationToken);
        Assert.False(machine.IsRunning);
        Assert.Empty(_home.Cache.List());
        Assert.Empty(Directory.EnumerateDirectories(_home.Cache.Directory, "*partial*"));
    }

    [Fact]
    public async Task Start_of_a_clone_that_runs_is_refused_and_leaves_it_running()
    {
        await using QemuMachine machine = _home.Describe().Build();
        await machine.StartAsync(Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => machine.StartAsync(Token));

        Assert.Equal("5a", await machine.PeekAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clone_that_is_ended_while_it_starts_is_not_booted_instead(bool kill)
    {
        // QEMU in all but the clone's launch, which never gets so far.
        string script = _home.WriteFile("qemu", Encoding.ASCII.GetBytes(
            $"#!/bin/sh\ncase \"$*\" in *-incoming*) : >'{_home.Root}/cloning'; exec sleep 1000;; esac\nexec qemu-system-x86_64 \"$@\"\n"));
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using QemuMachine machine = _home.Describe(binary: script).Build();
        Task start = machine.StartAsync(Token);
        await Eventually.IsTrueAsync(() => File.Exists(Path.Combine(_home.Root, "cloning")), "the clone to be launched");

        await (kill ? machine.KillAsync() : machine.ShutdownAsync(cancellationToken: Token));

        QemuExitedException error = await Assert.ThrowsAsync<QemuExitedException>(() => start);
        Assert.Equal(kill ? MachineEndCause.Killed : MachineEndCause.Shutdown, error.End.Cause);
        Assert.False(machine.IsRunning);
        Assert.Single(_home.Cache.List());
    }

    [Fact]
    public async Task Guest_that_never_becomes_ready_is_not_booted_twice()
    {
        await using QemuMachine machine = _home.Describe().ReadyWhen(Readiness.Console("never said"), TimeSpan.FromMilliseconds(300)).Build();

        await Assert.ThrowsAsync<QemuTimeoutException>(() => machine.StartAsync(Token));

        Assert.Single(_home.Log, entry => entry.Text.Contains(" starts:"));
    }

    [Fact]
    public async Task Raw_argument_that_hides_what_a_template_needs_is_an_error_not_a_boot()
    {
        await using QemuMachine machine = _home.Describe().WithArguments("-m", "64M").Build();

        QemuConfigurationException error = await Assert.ThrowsAsync<QemuConfigurationException>(() => machine.StartAsync(Token));

        Assert.Contains("WithMemory", error.Message);
    }

    /// <summary>Puts a state in place that only QEMU can see through.</summary>
    private static async Task ReplaceStateAsync(string template)
    {
        string state = Path.Combine(template, "device-state");
        string manifest = Path.Combine(template, "manifest.json");
        string before = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(state, Token)));
        await File.WriteAllTextAsync(state, "no state of a machine", Token);
        string after = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(state, Token)));
        string text = await File.ReadAllTextAsync(manifest, Token);
        Assert.Contains(before, text);
        await File.WriteAllTextAsync(manifest, text.Replace(before, after), Token);
    }
}
