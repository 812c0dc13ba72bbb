using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Companions;

public sealed class CompanionTests
{
    [Fact(Timeout = 120_000)]
    public async Task Companion_runs_while_the_machine_does_and_keeps_what_it_said()
    {
        await using QemuMachine machine = Machines.Empty().WithCompanion("helper", "sh", "-c", "echo here in $0; sleep 1000 & wait", "{directory}").Build();
        Assert.Empty(machine.Companions);
        await machine.LaunchAsync();
        MachineCompanion companion = Assert.Single(machine.Companions);
        int process = companion.ProcessId!.Value;
        await Eventually.IsTrueAsync(() => companion.Log.Length > 0, "the companion to speak");
        string directory = companion.Log.Trim()["here in ".Length..];
        int[] children = [.. ProcessTable.Children(process)];

        Assert.StartsWith(machine.TempDirectory, directory, StringComparison.Ordinal);
        Assert.True(Directory.Exists(directory));
        await machine.ShutdownAsync();

        Assert.Null(companion.ProcessId);
        Assert.False(ProcessTable.IsAlive(process));
        await Eventually.IsTrueAsync(() => !children.Any(ProcessTable.IsAlive), "what the companion started to go");
        Assert.False(Directory.Exists(directory));
        Assert.StartsWith("here in ", companion.Log, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Companion_is_started_anew_with_each_launch()
    {
        await using QemuMachine machine = Machines.Empty().WithCompanion("helper", "sleep", "1000").Build();
        await machine.LaunchAsync();
        int? first = machine.Companions[0].ProcessId;
        await machine.KillAsync();
        await machine.LaunchAsync();

        Assert.NotEqual(first, machine.Companions[0].ProcessId);
        Assert.NotNull(machine.Companions[0].ProcessId);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("{socket}")]
    [InlineData("{listener}")]
    public async Task Chardev_of_its_name_leads_to_it(string placeholder)
    {
        await using QemuMachine machine = Machines.Empty().WithCompanion("echo", "sh", "-c", "ls -l /proc/self/fd/$0; sleep 1000", placeholder).Build();
        await machine.LaunchAsync();

        QmpResponse chardevs = await machine.Qmp.SendAsync(new QmpCommand("query-chardev"));
        await Eventually.IsTrueAsync(() => machine.Companions[0].Log.Contains("socket:", StringComparison.Ordinal), "the companion to show its socket");
        Assert.Contains("\"echo\"", chardevs.GetReturnOrThrow("query-chardev").GetRawText(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Tpm_of_swtpm_answers_the_guests_firmware()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/swtpm"), "needs swtpm");
        await using QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithMemory("64M").WithAccelerator("tcg")
            .WithConsole()
            .WithCompanion("tpm", "swtpm", "socket", "--tpm2", "--tpmstate", "dir={directory}", "--ctrl", "type=unixio,clientfd={socket}", "--log", "level=20")
            .WithArguments("-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0")
            .Build();
        await machine.LaunchAsync();

        // SeaBIOS starts the TPM up: the command's number, in swtpm's log of what passes.
        await Eventually.IsTrueAsync(() => machine.Companions[0].Log.Contains("80 01 00 00 00 0C 00 00 01 44", StringComparison.Ordinal), "the firmware to start the TPM");
    }

    [Fact(Timeout = 120_000)]
    public async Task Launch_that_fails_because_of_its_companion_shows_the_companions_words()
    {
        await using QemuMachine machine = Machines.Rom()
            .WithCompanion("tpm", "sh", "-c", "echo 'no state, no service' >&2; exit 7", "{socket}")
            .WithArguments("-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0").Build();

        var error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains("Its companion 'tpm' exited with code 7.", error.Message, StringComparison.Ordinal);
        Assert.Contains("no state, no service", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Companion_that_cannot_be_started_fails_the_launch_and_leaves_nothing()
    {
        using var root = new TempRoot();
        await using QemuMachine machine = Machines.Empty().WithTempRoot(root.Path)
            .WithCompanion("first", "sleep", "1000.25")
            .WithCompanion("second", "no-such-program").Build();

        var error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains("companion 'second' cannot be started: there is no 'no-such-program' on PATH", error.Message, StringComparison.Ordinal);
        Assert.Empty(root.Content);
        await Eventually.IsTrueAsync(() => ProcessTable.WithArgument("1000.25").Count == 0, "the first companion to go");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a,b")]
    public void Name_that_is_no_id_is_refused(string name) => Assert.Throws<ArgumentException>(nameof(name), () => Machines.Empty().WithCompanion(name, "true"));

    [Fact(Timeout = 120_000)]
    public async Task Companion_goes_with_a_test_process_that_is_killed()
    {
        using var root = new TempRoot();
        using VictimProcess victim = await VictimProcess.StartAsync(root.Path, 2, "companion");
        string mark = Path.GetFileName(root.Path);
        Assert.Equal(2, ProcessTable.WithArgument("companion-of-" + mark).Count);

        await victim.KillAsync();

        await Eventually.IsTrueAsync(() => ProcessTable.WithArgument(mark).Count == 0, "QEMU and its companion to go with their owner");
    }
}
