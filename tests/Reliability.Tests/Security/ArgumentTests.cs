using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>Arguments reach QEMU as they were given, though a shell stands between.</summary>
public sealed class ArgumentTests
{
    private static readonly string[] s_hostile =
    [
        "", " ", "\t", "\n", "'", "\"", "\\", "`touch /tmp/owned`", "$(touch /tmp/owned)", "$HOME", "${IFS}", "; touch /tmp/owned", "&& false", "| cat", "> /tmp/owned",
        "-", "--", "-c", "-e", "*", "?", "[a-z]", "~", "~root", "!!", "#", "a b  c", "é€😀", "\u001b[31m", "\u0001\u007f", "%s%n", "{a,b}", "<&3", "3<&-", "\r\n", "$@", "\"$@\"", "$0",
    ];

    [Fact]
    public Task Arguments_arrive_byte_for_byte() => AssertArriveAsync(s_hostile);

    [Fact]
    public async Task Random_arguments_arrive_byte_for_byte()
    {
        Random random = Soak.Random();
        for (int i = 0; i < Soak.Count(sample: 10, full: 1000); i++)
        {
            await AssertArriveAsync([.. Enumerable.Range(0, 50).Select(_ =>
                string.Concat(random.GetItems(s_hostile, random.Next(6))) + (char)random.Next(1, 0xD800))]);
        }
    }

    [Fact]
    public async Task Argument_that_no_program_can_get_is_refused()
    {
        using var root = new TestDirectory();
        await using QemuMachine machine = Machines.Rom(root.Path).WithArguments("-name", "a\0b").Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync(TestContext.Current.CancellationToken));

        Assert.Contains("NUL", error.Message, StringComparison.Ordinal);
        Assert.Empty(root.Entries);
    }

    private static async Task AssertArriveAsync(string[] arguments)
    {
        using var root = new TestDirectory();
        string program = root["qemu $(touch owned) 'program'"];
        await File.WriteAllTextAsync(program, "#!/bin/sh\nprintf '%s\\0' \"$@\"\nexit 3\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using QemuMachine machine = new QemuMachineBuilder(program).WithTempRoot(root.Path).WithArguments(arguments).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        string[] arrived = error.Output.Split('\0');
        Assert.Equal(arguments, arrived[^(arguments.Length + 1)..^1]);
        Assert.Equal(arguments, machine.Arguments);
        Assert.Single(root.Entries);
    }
}
