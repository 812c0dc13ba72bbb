using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Evidence;

/// <summary>What the test's process had opened and started for the machine: the script opens and starts it anew, or says that it does not, and runs.</summary>
public sealed class ScriptSurroundingsTests : IDisposable
{
    private readonly TestRun _run = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("script's, ");

    public void Dispose()
    {
        _run.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Descriptors_are_opened_again_as_they_were_though_the_test_has_closed_them()
    {
        string image = WriteFile("image", new byte[4096]);
        string log = WriteFile("log", "before\n"u8.ToArray());
        string script;
        using (SafeFileHandle forReading = File.OpenHandle(image))
        using (SafeFileHandle forWriting = File.OpenHandle(log, FileMode.Open, FileAccess.Write))
        {
            script = await FailAsync(TestRun.Rom().WithFileDescriptor(forReading, 1).WithFileDescriptor(forWriting, 2, "the log, it's").WithArguments(
                "-drive", "if=none,id=image,format=raw,readonly=on,file=/dev/fdset/1",
                "-chardev", "file,id=log,append=on,path=/dev/fdset/2", "-serial", "chardev:log"));
        }

        string output = await ScriptTerminal.TalkAsync(
            script,
            [],
            ("TESTROM READY", ScriptTerminal.Say("com2 by hand\nsay done\n")),
            ("done", ScriptTerminal.Say("\u0001c")),
            ("(qemu)", ScriptTerminal.Say("info block image\n")),
            ("/dev/fdset/1", ScriptTerminal.Say("quit\n")));

        Assert.Contains($"What the guest writes to {log} by fdset 2 stays.", output, StringComparison.Ordinal);
        Assert.EndsWith("by hand\r\n", await File.ReadAllTextAsync(log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_descriptors_than_a_POSIX_shell_can_name_are_opened_too()
    {
        QemuMachineBuilder builder = TestRun.Rom();
        var handles = new List<SafeFileHandle>();
        for (int i = 0; i < 12; i++)
        {
            handles.Add(File.OpenHandle(WriteFile($"file{i}", []), FileMode.Open, FileAccess.Write));
            builder.WithFileDescriptor(handles[i], i);
        }

        builder.WithArguments("-chardev", "file,id=last,append=on,path=/dev/fdset/11", "-serial", "chardev:last");
        string script = await FailAsync(builder);
        handles.ForEach(handle => handle.Dispose());

        await ScriptTerminal.TalkAsync(script, ["-name", "it's"], ("TESTROM READY", ScriptTerminal.Say("com2 by hand\nsay done\n")), ("done", ScriptTerminal.Say("\u0001x")));

        Assert.EndsWith("by hand\r\n", await File.ReadAllTextAsync(Path.Combine(_directory.FullName, "file11")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Descriptor_without_a_file_leads_nowhere_and_the_script_says_so()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.In);
        string script = await FailAsync(TestRun.Rom().WithFileDescriptor(pipe.ClientSafePipeHandle, 3)
            .WithArguments("-chardev", "file,id=log,append=on,path=/dev/fdset/3", "-serial", "chardev:log"));

        string output = await ScriptTerminal.TalkAsync(script, [], ("TESTROM READY", ScriptTerminal.Say("com2 unheard\nsay done\n")), ("done", ScriptTerminal.Say("\u0001x")));

        Assert.Contains("What was behind fdset 3 cannot be opened again: it is /dev/null.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ArtifactKeeping.Evidence)]
    [InlineData(ArtifactKeeping.FailedMachines)]
    public async Task Card_on_the_tests_network_is_there_on_a_network_without_anybody(ArtifactKeeping keep)
    {
        _run.Settings = _run.Settings with { Keep = keep };
        await using var network = new QemuNetwork("lan");
        string script = await FailAsync(TestRun.Rom().WithNetwork(network, macAddress: "52:54:00:01:02:03"));

        string output = await ScriptTerminal.TalkAsync(
            script,
            [],
            ("QMP: ", ScriptTerminal.ResumeAsync("\u0001c")),
            ("(qemu)", ScriptTerminal.Say("info network\n")),
            ("macaddr=52:54:00:01:02:03", ScriptTerminal.Say("quit\n")));

        Assert.Contains("Its network card 52:54:00:01:02:03 is on a network without anybody: the segment lan was the test's.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ArtifactKeeping.Evidence)]
    [InlineData(ArtifactKeeping.FailedMachines)]
    public async Task Tpm_is_started_with_the_machine_and_ends_with_it(ArtifactKeeping keep)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/swtpm"), "needs swtpm");
        _run.Settings = _run.Settings with { Keep = keep };
        QemuMachineBuilder builder = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithMemory("64M").WithConsole()
            .WithCompanion("tpm", "swtpm", "socket", "--tpm2", "--tpmstate", "dir={directory}", "--ctrl", "type=unixio,clientfd={socket}")
            .WithArguments("-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0");
        string script = await FailAsync(builder);

        string output = await ScriptTerminal.TalkAsync(
            script,
            [],
            ("QMP: ", ScriptTerminal.ResumeAsync("\u0001c")),
            ("(qemu)", ScriptTerminal.Say("info tpm\n")),
            ("tpm0: model=tpm-tis", ScriptTerminal.Say("quit\n")));

        string socket = Path.Combine(Path.GetDirectoryName(ScriptTerminal.SocketOf(output))!, "tpm.sock");
        Assert.DoesNotContain(CommandLines(), line => line.Contains(socket, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.GetDirectoryName(socket)));
    }

    [Fact]
    public async Task Directory_shared_by_virtiofs_is_served_again()
    {
        Assert.SkipUnless(VirtioFsIsUsable(), "needs a virtiofsd that this user can run");
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync();
        string initrd = await new Initramfs().AddBusybox().AddKernelModules(kernel, "virtio_pci", "virtiofs").BuildAsync();
        string shared = Directory.CreateTempSubdirectory("shared-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(shared, "file"), "from-the-host\n");
            string script = await FailAsync(new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithMemory("256M").WithAccelerator("tcg")
                .WithKernel(kernel.Path, initrd, "console=ttyS0 quiet panic=-1").WithConsole().WithSharedDirectory(shared, "work", kind: SharedDirectoryKind.VirtioFs)
                .ReadyWhen(Readiness.Console("GUEST READY"), TimeSpan.FromMinutes(4)));

            string output = await ScriptTerminal.TalkAsync(
                script,
                [],
                ("GUEST READY", ScriptTerminal.Say("mount -t virtiofs work /mnt; cat /mnt/file\n")),
                ("from-the-host", ScriptTerminal.Say("\u0001x")));

            Assert.Contains($"What the guest writes to {shared}, shared as work, stays.", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(shared, recursive: true);
        }
    }

    [Fact]
    public async Task Companion_that_a_shell_cannot_connect_is_left_to_the_person()
    {
        string script = await FailAsync(TestRun.Rom().WithCompanion("helper", "sh", "-c", "cat <&$0", "{socket}").WithArguments("-serial", "chardev:helper"));

        string output = await ScriptTerminal.TalkAsync(
            script,
            [],
            ("TESTROM READY", async seen =>
            {
                string path = Path.Combine(Path.GetDirectoryName(ScriptTerminal.SocketOf(seen))!, "helper.sock");
                using Socket socket = await ScriptTerminal.ConnectAsync(path);
                await socket.SendAsync("say to the helper\n"u8.ToArray());
                var heard = new StringBuilder();
                byte[] buffer = new byte[256];
                while (!heard.ToString().EndsWith("to the helper\r\n", StringComparison.Ordinal))
                {
                    int count = await socket.ReceiveAsync(buffer);
                    Assert.True(count > 0, $"QEMU hung up after: {heard}");
                    heard.Append(Encoding.UTF8.GetString(buffer, 0, count));
                }

                return "\u0001x";
            }));

        Assert.Contains("Its companion helper is not started", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_of_the_tests_own_arguments_are_said_to_be_written_to()
    {
        string image = WriteFile("image", new byte[4096]);
        string drive = $"if=none,id=x,format=raw,file={image.Replace(",", ",,", StringComparison.Ordinal)}";
        string script = await FailAsync(TestRun.Rom().WithArguments("-drive", drive, "-drive", "if=none,id=y,readonly=on,format=raw,file=/dev/zero"));

        string output = await ScriptTerminal.TalkAsync(script, [], ("TESTROM READY", ScriptTerminal.Say("\u0001x")));

        Assert.Contains($"What the guest writes by \"-drive {drive}\" stays", output, StringComparison.Ordinal);
        Assert.DoesNotContain("id=y,readonly=on", output.Split("QMP:")[0], StringComparison.Ordinal);
    }

    /// <summary>A test with this machine that fails.</summary>
    /// <returns>The script that it leaves.</returns>
    private async Task<string> FailAsync(QemuMachineBuilder builder)
    {
        var report = new FakeReport();
        TestScope scope = _run.Enter(report);
        await using (QemuMachine vm = builder.WithName("vm").Build())
        {
            await vm.StartAsync();
            await scope.EndAsync(failed: true);
        }

        Assert.Empty(report.Warnings);
        return Path.Combine(scope.ArtifactDirectory, "command.sh");
    }

    private static bool VirtioFsIsUsable()
    {
        try
        {
            return !VirtioFsDaemon.Find().Arguments("/", readOnly: false).IsEmpty;
        }
        catch (QemuConfigurationException)
        {
            return false;
        }
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ');
            }
            catch (IOException)
            {
                continue; // it has ended meanwhile
            }

            yield return line;
        }
    }

    private string WriteFile(string name, byte[] content)
    {
        string path = Path.Combine(_directory.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
