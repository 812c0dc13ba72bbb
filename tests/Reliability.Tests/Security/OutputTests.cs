using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Reliability;

/// <summary>What a guest says cannot move the terminal that shows a test's failure, and the environment's secrets are in no message.</summary>
public sealed class OutputTests
{
    private static readonly string[] s_escapes =
    [
        "1b5d303b6f776e656407" + "1b5b33316d" + "1b5b324a" + "c29b324a" + "07" + "08" + "7f" + "0d", // title, colours, clear screen, C1 control sequence introducer, bell, backspace, delete
        "1b5d383b3b687474703a2f2f6f776e65641b5c" + "6c696e6b" + "1b5d383b3b1b5c", // OSC 8: a link
        "1b5d35323b633b6f776e656407" + "c29d35323b633b78c29c", // OSC 52, also as C1: the clipboard
        "1b502b716f776e65641b5c" + "1b5f6f776e65641b5c" + "1b5e6f776e65641b5c" + "1b586f776e65641b5c", // DCS, APC, PM, SOS
        "fffe80c3" + "eda080" + "f4908080" + "c080", // no UTF-8: bytes, a surrogate, beyond the last character, an overlong NUL
    ];

    [Fact]
    public async Task Escapes_of_a_guest_are_in_the_bytes_and_in_no_text()
    {
        using var root = new TestDirectory();
        await using QemuMachine machine = Machines.Rom(root.Path).Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);
        await machine.Console.WaitForAsync(TestRom.Ready);
        foreach (string escapes in s_escapes)
            await machine.Console.SendLineAsync("raw " + escapes);
        await machine.Console.SendLineAsync("visible");
        ConsoleMatch match = await machine.Console.WaitForAsync("echo: visible");

        QemuTimeoutException timeout = await Assert.ThrowsAsync<QemuTimeoutException>(
            () => machine.Console.WaitForAsync("never", TimeSpan.FromMilliseconds(1), ConsoleMark.Start));

        Assert.Contains((byte)0x1b, machine.Console.GetBytes(to: match.End));
        AssertHarmless(machine.Console.GetText());
        Assert.Contains("link", machine.Console.GetText(), StringComparison.Ordinal);
        Assert.Contains('\uFFFD', machine.Console.GetText());
        Assert.DoesNotContain("owned", machine.Console.GetText(to: match.End).Replace("raw ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("visible", timeout.Message, StringComparison.Ordinal);
        AssertHarmless(timeout.Message);
    }

    [Fact]
    public async Task Escapes_in_the_log_of_qemu_are_in_no_message()
    {
        using var root = new TestDirectory();
        string program = root["escapes"];
        await File.WriteAllTextAsync(program, "#!/bin/sh\nprintf '\\033]0;owned\\007\\033[2J\\302\\2332Jplain words\\r\\n' >&2\nexit 3\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using QemuMachine machine = new QemuMachineBuilder(program).WithTempRoot(root.Path).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync(TestContext.Current.CancellationToken));

        Assert.Contains("plain words", error.Message, StringComparison.Ordinal);
        AssertHarmless(error.Message);
        Assert.Contains('\u001b', error.Output);
    }

    [Fact]
    public void Escapes_in_a_refusal_are_not_in_its_message()
    {
        var error = new QmpCommandException("guest-exec", "GenericError", "no\u001b]0;owned\u0007 such\u009b2J\nprogram");

        AssertHarmless(error.Message);
        Assert.Contains("such", error.Message, StringComparison.Ordinal);
        Assert.Equal("no\u001b]0;owned\u0007 such\u009b2J\nprogram", error.Description);
    }

    [Fact]
    public async Task Secrets_of_the_environment_are_in_no_message()
    {
        const string variable = "RELIABILITY_TEST_TOKEN";
        string secret = Guid.NewGuid().ToString();
        Environment.SetEnvironmentVariable(variable, secret);
        try
        {
            using var root = new TestDirectory();
            var logger = new RecordingLogger();
            foreach (string fault in new[] { "exit-before-greeting", "garbage-greeting" })
            {
                await using QemuMachine failing = Machines.Fake(fault, root.Path).WithLogger(logger).Build();
                QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => failing.LaunchAsync());
                Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal);
            }

            await using QemuMachine killed = Machines.Fake("stop", root.Path).WithLogger(logger).Build();
            await killed.LaunchAsync(TestContext.Current.CancellationToken);
            AbnormalShutdownException end = await Assert.ThrowsAsync<AbnormalShutdownException>(() => killed.ShutdownAsync(TimeSpan.FromMilliseconds(1)));
            Assert.DoesNotContain(secret, end.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(logger.Messages, message => message.Contains(secret, StringComparison.Ordinal));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    private static void AssertHarmless(string text) =>
        Assert.DoesNotContain(text, static character => char.IsControl(character) && character is not ('\n' or '\r' or '\t'));
}
