using System.Text.Json;
using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Qmp;

/// <summary>Rows "qmp", "command", "conv_keys, args_dict", "QEMUMachineError, …AddDeviceError", on real QEMUs.</summary>
public sealed class CommandTests
{
    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Send_gives_the_raw_reply_error_replies_included(string version)
    {
        await using QemuMachine machine = Machines.Empty(QemuVersions.Binary(version)).Build();
        await machine.LaunchAsync();

        QmpResponse good = await machine.Qmp.SendAsync("query-status");
        QmpResponse bad = await machine.Qmp.SendAsync("no-such-command");

        Assert.False(good.IsError);
        Assert.True(good.Return.TryGetProperty("running", out _));
        Assert.True(bad.IsError);
        Assert.Equal("CommandNotFound", bad.Error!.Class);
    }

    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Execute_gives_the_return_value_or_throws_class_and_description(string version)
    {
        await using QemuMachine machine = Machines.Empty(QemuVersions.Binary(version)).Build();
        await machine.LaunchAsync();

        JsonElement status = await machine.Qmp.ExecuteAsync("query-status");
        QmpCommandException error = await Assert.ThrowsAsync<QmpCommandException>(() => machine.Qmp.ExecuteAsync("device_add", new { driver = "nonsense" }));

        Assert.True(status.TryGetProperty("running", out _));
        Assert.Equal(("device_add", "GenericError"), (error.Command, error.ErrorClass));
        Assert.Contains("nonsense", error.Description, StringComparison.Ordinal);
        Assert.IsAssignableFrom<QemuException>(error);
        Assert.True(machine.IsRunning);
    }

    [Fact]
    public async Task Underscores_in_an_objects_keys_become_dashes_at_every_depth()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();

        // node-name and read-only, and inside read-zeroes: QEMU refuses any other spelling.
        await machine.Qmp.ExecuteAsync("blockdev-add", new { driver = "raw", node_name = "n0", read_only = true, file = new { driver = "null-co", read_zeroes = true } });

        JsonElement nodes = await machine.Qmp.ExecuteAsync("query-named-block-nodes", new { flat = true });
        Assert.Contains(nodes.EnumerateArray(), node => node.GetProperty("node-name").GetString() == "n0");
    }

    [Fact]
    public async Task Keys_of_a_dictionary_go_as_they_are()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();

        await machine.Qmp.ExecuteAsync("blockdev-add", new Dictionary<string, object?> { ["driver"] = "null-co", ["node-name"] = "n1" });
        QmpCommandException error = await Assert.ThrowsAsync<QmpCommandException>(
            () => machine.Qmp.ExecuteAsync("blockdev-add", new Dictionary<string, object?> { ["driver"] = "null-co", ["node_name"] = "n2" }));

        Assert.Contains("node_name", error.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qmp_before_the_launch_is_an_error_that_says_so()
    {
        await using QemuMachine machine = Machines.Empty().Build();

        QemuConfigurationException error = await Assert.ThrowsAsync<QemuConfigurationException>(() => machine.Qmp.ExecuteAsync("query-status"));

        Assert.Contains("was not launched", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qmp_is_the_same_object_over_launches_and_goes_to_the_session_of_the_moment()
    {
        await using QemuMachine machine = Machines.Empty().WithArguments("-name", "x").Build();
        QmpChannel qmp = machine.Qmp;
        await machine.LaunchAsync();
        await machine.ShutdownAsync();
        await machine.LaunchAsync();

        Assert.Same(qmp, machine.Qmp);
        Assert.Equal("x", (await qmp.ExecuteAsync("query-name")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Quit_that_was_never_sent_does_not_excuse_a_crash()
    {
        await using QemuMachine machine = Machines.Empty().WithWrapper("sh", "-c", "\"$@\"; exit 3", "sh").Build();
        await machine.LaunchAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => machine.Qmp.ExecuteAsync("quit", new CancellationToken(canceled: true)));
        ProcessTable.Signal(Assert.Single(ProcessTable.Children(machine.ProcessId!.Value)), ProcessTable.SigKill);

        AbnormalShutdownException error = await Assert.ThrowsAsync<AbnormalShutdownException>(() => machine.WaitForShutdownAsync(Machines.HangGuard));
        Assert.Equal(MachineEndCause.Exited, error.End.Cause);
    }
}
