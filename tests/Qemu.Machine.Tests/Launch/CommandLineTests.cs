using System.Diagnostics;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Launch;

/// <summary>Rows "set_machine", "add_monitor_null"; the command line's order, and its log line.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task Command_line_has_the_documented_order()
    {
        await using QemuMachine machine = new QemuMachineBuilder(Machines.Binary)
            .WithNullMonitor()
            .WithMemory("16M")
            .WithConsole(index: 1)
            .WithMachine("q35")
            .WithWrapper("env")
            .WithArguments("-S", "-name", "x")
            .Build();

        await machine.LaunchAsync();

        string[] line = ProcessTable.CommandLine(machine.ProcessId!.Value);
        Assert.Equal(
            [
                Machines.Binary, "-display", "none", "-vga", "none",
                "-chardev", "socket,id=qmp,fd=4", "-mon", "chardev=qmp,mode=control",
                "-machine", "q35",
                "-chardev", "socket,id=console0,fd=5", "-serial", "null", "-serial", "chardev:console0",
                "-monitor", "null", "-m", "16M",
                "-S", "-name", "x",
            ],
            line);
        Assert.EndsWith("/env " + string.Join(' ', line.Select(argument => argument)), machine.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Display_that_is_asked_for_replaces_none()
    {
        await using QemuMachine machine = new QemuMachineBuilder(Machines.Binary).WithMachine("pc").WithDisplay("std").WithArguments("-S").Build();

        await machine.LaunchAsync();

        Assert.Equal(["-display", "none", "-vga", "std"], ProcessTable.CommandLine(machine.ProcessId!.Value)[1..5]);
    }

    [Fact]
    public async Task Machine_type_is_the_one_set_last()
    {
        await using QemuMachine machine = Machines.Empty().WithMachine("pc").WithMachine("q35,smm=off").WithArguments("-S").Build();

        await machine.LaunchAsync();

        string type = (await machine.Qmp.ExecuteAsync("qom-get", new { path = "/machine", property = "type" })).GetString()!;
        Assert.StartsWith("pc-q35-", type, StringComparison.Ordinal);
        Assert.Equal("q35", machine.Spec.MachineType);
        Assert.False((await machine.Qmp.ExecuteAsync("qom-get", new { path = "/machine", property = "smm" })).GetString() == "on");
    }

    [Fact]
    public async Task Null_monitor_takes_the_place_of_the_human_one()
    {
        await using QemuMachine machine = Machines.Empty().WithNullMonitor().Build();
        await using QemuMachine without = Machines.Empty().Build();
        await machine.LaunchAsync();
        await without.LaunchAsync();

        Assert.Contains("\"null\"", (await machine.Qmp.ExecuteAsync("query-chardev")).GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"null\"", (await without.Qmp.ExecuteAsync("query-chardev")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Debug_log_has_the_command_line_ready_to_paste()
    {
        var logger = new RecordingLogger();
        await using QemuMachine machine = Machines.Empty().WithLogger(logger).WithArguments("-name", "it's a $name").Build();

        await machine.LaunchAsync();

        string line = Assert.Single(logger.Debug, text => text.Contains(Machines.Binary, StringComparison.Ordinal));
        string pasted = line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        Assert.Equal(machine.CommandLine, pasted);
        Assert.Equal(ProcessTable.CommandLine(machine.ProcessId!.Value), await ShellWordsAsync(pasted));
    }

    private static async Task<string[]> ShellWordsAsync(string commandLine)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"printf '%s\\0' {commandLine}"]) { RedirectStandardOutput = true })!;
        string words = await shell.StandardOutput.ReadToEndAsync();
        return words.TrimEnd('\0').Split('\0');
    }
}
