using System.Diagnostics;
using System.IO.Pipes;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Descriptors;

/// <summary>Rows "add_fd" and "send_fd_scm"; who holds a machine's descriptors.</summary>
public sealed class FileDescriptorTests
{
    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Descriptor_reads_back_through_query_fdsets(string version)
    {
        using var root = new TempRoot();
        using SafeFileHandle one = File.OpenHandle(root.Write("one", "1"));
        using SafeFileHandle two = File.OpenHandle(root.Write("two", "2"));
        await using QemuMachine machine = Machines.Empty(QemuVersions.Binary(version))
            .WithFileDescriptor(one, 7, opaque: "one, with a comma")
            .WithFileDescriptor(two, 7)
            .WithFileDescriptor(two, 8, opts: "opaque=from-opts")
            .Build();

        for (int launch = 0; launch < 2; launch++)
        {
            await machine.LaunchAsync();

            JsonElement sets = await machine.Qmp.ExecuteAsync("query-fdsets");
            Dictionary<int, string[]> seen = sets.EnumerateArray().ToDictionary(
                set => set.GetProperty("fdset-id").GetInt32(),
                set => set.GetProperty("fds").EnumerateArray().Select(fd => fd.TryGetProperty("opaque", out JsonElement opaque) ? opaque.GetString()! : "none").Order(StringComparer.Ordinal).ToArray());
            Assert.Equal(["none", "one, with a comma"], seen[7]);
            Assert.Equal(["from-opts"], seen[8]);
            Assert.Contains(root.File("one"), ProcessTable.Descriptors(machine.ProcessId!.Value).Values);
            await machine.ShutdownAsync();
        }

        Assert.False(one.IsClosed);
    }

    [Fact]
    public async Task Descriptor_that_was_closed_fails_the_launch()
    {
        SafeFileHandle handle = File.OpenHandle("/dev/null");
        await using QemuMachine machine = Machines.Empty().WithFileDescriptor(handle, 1).Build();
        handle.Dispose();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.IsType<ObjectDisposedException>(error.InnerException);
    }

    [Fact]
    public async Task Descriptor_reaches_qemu_and_no_process_besides()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        await using QemuMachine machine = Machines.Empty().WithFileDescriptor(pipe.ClientSafePipeHandle, 3).Build();

        await machine.LaunchAsync();
        string target = ProcessTable.Descriptors(Environment.ProcessId)[(int)pipe.ClientSafePipeHandle.DangerousGetHandle()];
        Assert.Equal([machine.ProcessId!.Value], ProcessTable.Holders([target], Environment.ProcessId));

        // Only QEMU has the writing end now: the reader sees its end when QEMU gives it up, not when the machine ends.
        pipe.DisposeLocalCopyOfClientHandle();
        await machine.Qmp.ExecuteAsync("remove-fd", new { fdset_id = 3 });
        Assert.Equal(0, await pipe.ReadAsync(new byte[1]).AsTask().WaitAsync(Machines.HangGuard));
        Assert.True(machine.IsRunning);
    }

    [Fact]
    public async Task Descriptors_of_this_process_that_are_inheritable_by_accident_stay_here()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        await using QemuMachine machine = Machines.Empty().Build();

        await machine.LaunchAsync();

        string target = ProcessTable.Descriptors(Environment.ProcessId)[(int)pipe.ClientSafePipeHandle.DangerousGetHandle()];
        Assert.DoesNotContain(target, ProcessTable.Descriptors(machine.ProcessId!.Value).Values);
    }

    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Descriptor_sent_over_qmp_becomes_a_disk(string version)
    {
        using var root = new TempRoot();
        string image = root.File("disk");
        await File.WriteAllBytesAsync(image, Enumerable.Repeat((byte)0x5A, 1 << 20).ToArray());
        await using QemuMachine machine = Machines.Empty(QemuVersions.Binary(version)).Build();
        await machine.LaunchAsync();

        using (SafeFileHandle handle = File.OpenHandle(image))
            await machine.SendFileDescriptorAsync(handle);
        File.Delete(image);
        JsonElement added = await machine.Qmp.ExecuteAsync("add-fd", new { fdset_id = 5, opaque = "sent" });
        await machine.Qmp.ExecuteAsync("blockdev-add", new { driver = "raw", node_name = "d0", read_only = true, file = new { driver = "file", filename = "/dev/fdset/5" } });
        string read = (await machine.Qmp.ExecuteAsync("human-monitor-command", new { command_line = "qemu-io d0 \"read -P 0x5a 0 1M\"" })).GetString()!;

        Assert.Equal(5, added.GetProperty("fdset-id").GetInt32());
        Assert.DoesNotContain("failed", read, StringComparison.Ordinal);
        JsonElement nodes = await machine.Qmp.ExecuteAsync("query-named-block-nodes");
        Assert.Contains(nodes.EnumerateArray(), node => node.GetProperty("node-name").GetString() == "d0" && node.GetProperty("image").GetProperty("virtual-size").GetInt64() == 1 << 20);
    }

    [Fact]
    public async Task Path_sent_over_qmp_is_opened_read_only()
    {
        using var root = new TempRoot();
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();

        await machine.SendFileDescriptorAsync(root.Write("file", "x"));
        await machine.Qmp.ExecuteAsync("getfd", new { fdname = "mine" });

        (int number, _) = Assert.Single(ProcessTable.Descriptors(machine.ProcessId!.Value), pair => pair.Value == root.File("file"));
        string info = await File.ReadAllTextAsync($"/proc/{machine.ProcessId}/fdinfo/{number}");
        Assert.Matches(@"flags:\s+0\d*0\n", info); // the last octal digit is the access mode: 0, read-only
        await Assert.ThrowsAsync<FileNotFoundException>(() => machine.SendFileDescriptorAsync("/nonexistent"));
        await machine.Qmp.ExecuteAsync("closefd", new { fdname = "mine" });
    }

    [Fact]
    public async Task Descriptor_can_ride_on_the_command_that_uses_it()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();
        using SafeFileHandle handle = File.OpenHandle("/dev/null");
        QmpCommand[] commands =
        [
            .. Enumerable.Range(0, 20).Select(number => new QmpCommand("getfd", System.Text.Encoding.UTF8.GetBytes($$"""{"fdname":"fd{{number}}"}""")) { Descriptor = handle }),
        ];

        QmpResponse[] responses = await Task.WhenAll(commands.Select(command => machine.Qmp.SendAsync(command)));

        Assert.All(responses, response => Assert.False(response.IsError, response.ToString()));
    }

    [Fact]
    public async Task Foreign_processes_started_meanwhile_hold_none_of_the_descriptors()
    {
        using var file = File.OpenHandle("/dev/zero");
        QemuMachine[] machines = [.. Enumerable.Range(0, 5).Select(_ => Machines.Empty().WithConsole().WithFileDescriptor(file, 1).Build())];
        var strangers = new Process[50];
        try
        {
            Task starting = Task.Run(() => Parallel.For(0, strangers.Length, number => strangers[number] = Process.Start(
                new ProcessStartInfo("sleep", "1000") { RedirectStandardInput = number % 2 == 0, RedirectStandardOutput = true })!));
            await Task.WhenAll(machines.Select(machine => machine.LaunchAsync()));
            await starting;

            foreach (QemuMachine machine in machines)
            {
                int qemu = machine.ProcessId!.Value;
                string[] channels = [.. ProcessTable.Descriptors(qemu).Where(pair => pair.Key is 4 or 5).Select(pair => pair.Value)];
                Assert.Equal(2, channels.Length);
                Assert.All(channels, channel => Assert.StartsWith("socket:", channel, StringComparison.Ordinal));
                Assert.Empty(ProcessTable.Holders(channels, qemu));
            }
        }
        finally
        {
            foreach (Process stranger in strangers)
            {
                stranger?.Kill();
                stranger?.Dispose();
            }

            foreach (QemuMachine machine in machines)
                await machine.DisposeAsync();
        }
    }
}
