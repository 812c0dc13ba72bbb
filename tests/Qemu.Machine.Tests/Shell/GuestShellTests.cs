using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Shell;

public sealed class GuestShellTests(LinuxMachine linux) : IClassFixture<LinuxMachine>
{
    private readonly GuestShell _shell = linux.Machine.Shell;

    [Fact(Timeout = 300_000)]
    public async Task Command_gives_exactly_its_output_and_exit_code()
    {
        ShellResult result = await _shell.RunAsync("uname -s");

        Assert.Equal("Linux\n", result.Output);
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("exit 3", 3)]
    [InlineData("false", 1)]
    [InlineData("no-such-program", 127)]
    [InlineData("kill -9 $$", 137)]
    public async Task Exit_code_is_the_commands(string command, int exitCode) =>
        Assert.Equal(exitCode, (await _shell.RunAsync(command)).ExitCode);

    [Fact(Timeout = 300_000)]
    public async Task Output_and_error_are_told_apart()
    {
        ShellResult result = await _shell.RunAsync("echo one; echo two >&2; printf three; printf four >&2");

        Assert.Equal("one\nthree", result.Output);
        Assert.Equal("two\nfour", result.Error);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("it's \"quoted\" $HOME `id` \\ back\\nslash ! # * ? ~ {a,b}")]
    [InlineData("tabs\tand ünïcödé ✓")]
    [InlineData("{7}<1 2>")]
    public async Task Text_passes_through_unchanged(string text)
    {
        ShellResult result = await _shell.RunAsync($"printf %s {ShellQuoting.Quote(text)}; printf %s {ShellQuoting.Quote(text)} >&2");

        Assert.Equal(text, result.Output);
        Assert.Equal(text, result.Error);
    }

    [Fact(Timeout = 300_000)]
    public async Task Long_command_is_neither_cut_nor_wrapped()
    {
        string text = string.Concat(Enumerable.Range(0, 2000).Select(i => i.ToString(CultureInfo.InvariantCulture) + " "));

        Assert.Equal(text, (await _shell.RunAsync($"printf '{text}'")).Output);
    }

    [Fact]
    public async Task Command_that_is_too_long_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _shell.RunAsync(new string('x', ShellScript.MaximumCommandLength + 1)));

    [Theory(Timeout = 300_000)]
    [InlineData(ShellEncoding.Plain)]
    [InlineData(ShellEncoding.Base64)]
    public async Task Every_byte_passes_both_ways(ShellEncoding encoding)
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i), .. "\r\n\r\r\n\n\x1e[    1.234567] no kernel said this\n"u8];

        ShellResult result = await _shell.RunAsync("tee /proc/self/fd/2", options: new ShellRunOptions { Input = new MemoryStream(bytes), Encoding = encoding });

        Assert.Equal(bytes, result.OutputBytes.ToArray());
        Assert.Equal(bytes, result.ErrorBytes.ToArray());
    }

    [Fact(Timeout = 300_000)]
    public async Task Ten_megabytes_come_out_whole()
    {
        ShellResult result = await _shell.RunAsync("seq 1 1500000 | head -c 10000000", TimeSpan.FromMinutes(3));

        Assert.Equal(10_000_000, result.OutputBytes.Length);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(Sequence(10_000_000))), Convert.ToHexString(SHA256.HashData(result.OutputBytes.Span)));
    }

    [Fact(Timeout = 300_000)]
    public async Task Input_of_many_chunks_arrives_whole()
    {
        byte[] input = RandomNumberGenerator.GetBytes(300_000);

        ShellResult result = await _shell.RunAsync("sha256sum", TimeSpan.FromMinutes(2), new ShellRunOptions { Input = new MemoryStream(input) });

        Assert.StartsWith(Convert.ToHexStringLower(SHA256.HashData(input)), result.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Input_that_the_command_does_not_read_disturbs_nothing()
    {
        ShellResult result = await _shell.RunAsync("head -c 3", options: new ShellRunOptions { Input = new MemoryStream("abc"u8.ToArray().Concat(new byte[200_000]).ToArray()) });

        Assert.Equal("abc", result.Output);
        Assert.Equal("next\n", (await _shell.RunAsync("echo next")).Output);
    }

    [Fact(Timeout = 300_000)]
    public async Task Input_is_empty_unless_given() => Assert.Equal("0\n", (await _shell.RunAsync("wc -c")).Output);

    [Fact(Timeout = 300_000)]
    public async Task Environment_and_directory_are_the_commands_own()
    {
        var options = new ShellRunOptions
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("GREETING", "it's me"),
            WorkingDirectory = "/proc/sys",
        };

        Assert.Equal("it's me\n/proc/sys\n", (await _shell.RunAsync("echo \"$GREETING\"; pwd", options: options)).Output);
        Assert.DoesNotContain("it's me", (await _shell.RunAsync("env; pwd")).Output, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => _shell.RunAsync("true", options: options with { Environment = options.Environment.Add("a b", "") }));
    }

    [Fact(Timeout = 300_000)]
    public async Task Directory_that_does_not_exist_fails_the_command()
    {
        ShellResult result = await _shell.RunAsync("echo ran", options: new ShellRunOptions { WorkingDirectory = "/nowhere" });

        Assert.False(result.Succeeded);
        Assert.Equal("", result.Output);
        Assert.Contains("/nowhere", Assert.Throws<GuestCommandException>(result.EnsureSucceeded).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Concurrent_callers_queue()
    {
        string[] outputs = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => (await _shell.RunAsync($"echo {i}; sleep 0.1; echo {i}")).Output));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}\n{i}\n"), outputs);
    }

    [Fact(Timeout = 300_000)]
    public async Task Kernel_messages_in_the_midst_of_output_are_taken_out()
    {
        ShellResult result = await _shell.RunAsync(
            "dmesg -n 8; (i=0; while [ $i -lt 200 ]; do echo \"<1>kernel says $i\" >/dev/kmsg; i=$((i+1)); done) & seq 1 20000; wait; dmesg -n 4",
            TimeSpan.FromMinutes(2));

        Assert.Equal(Sequence(result.OutputBytes.Length), result.OutputBytes.ToArray());
        Assert.EndsWith("\n20000\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("kernel says 199", linux.Machine.Console.GetText(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Output_that_something_else_wrote_into_is_an_error_never_a_wrong_result()
    {
        var error = await Assert.ThrowsAsync<GuestShellException>(() => _shell.RunAsync("echo mine; echo theirs >/dev/ttyS0; echo mine"));

        Assert.Contains("WithShell", error.Message, StringComparison.Ordinal);
        Assert.Equal("ok\n", (await _shell.RunAsync("echo ok")).Output);
    }

    [Fact(Timeout = 300_000)]
    public async Task Timeout_shows_the_last_output_and_the_next_call_works()
    {
        var error = await Assert.ThrowsAsync<QemuTimeoutException>(() => _shell.RunAsync("echo almost there; sleep 1000", TimeSpan.FromSeconds(3)));

        Assert.Contains("almost there", error.Message, StringComparison.Ordinal);
        Assert.Equal("ok\n", (await _shell.RunAsync("echo ok")).Output);
        Assert.Equal("", (await _shell.RunAsync("pidof sleep")).Output);
    }

    [Fact(Timeout = 300_000)]
    public async Task Timeout_of_a_command_that_left_a_program_in_the_background_says_what_to_do()
    {
        var error = await Assert.ThrowsAsync<QemuTimeoutException>(() => _shell.RunAsync("tail -f /dev/null &", TimeSpan.FromSeconds(3)));

        Assert.Contains("redirect", error.Message, StringComparison.Ordinal);
        Assert.True((await _shell.RunAsync("tail -f /dev/null >/dev/null 2>&1 &")).Succeeded);
        Assert.True((await _shell.RunAsync("pidof tail")).Succeeded);
        error = await Assert.ThrowsAsync<QemuTimeoutException>(() => _shell.RunAsync("true && tail -f /dev/null 2>&1", TimeSpan.FromSeconds(3)));
        Assert.DoesNotContain("redirect", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Next_call_works_after_a_command_that_ignores_interrupts()
    {
        await Assert.ThrowsAsync<QemuTimeoutException>(() => _shell.RunAsync("trap '' INT; while :; do sleep 1; done", TimeSpan.FromSeconds(3)));

        Assert.Equal("ok\n", (await _shell.RunAsync("echo ok", TimeSpan.FromMinutes(2))).Output);
    }

    [Fact(Timeout = 300_000)]
    public async Task Cancellation_is_the_callers_own_and_the_next_call_works()
    {
        using var cancellation = new CancellationTokenSource();
        Task<ShellResult> running = _shell.RunAsync("echo begun; sleep 1000", cancellationToken: cancellation.Token);
        await linux.Machine.Console.WaitForAsync("begun", from: linux.Machine.Console.Mark);
        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAsync<TaskCanceledException>(() => running);
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.Equal("ok\n", (await _shell.RunAsync("echo ok")).Output);
    }

    [Fact(Timeout = 300_000)]
    public async Task Output_beyond_the_maximum_is_an_error_and_the_next_call_works()
    {
        await Assert.ThrowsAsync<GuestShellException>(() => _shell.RunAsync("yes", options: new ShellRunOptions { MaximumOutput = 100_000 }));

        Assert.Equal("ok\n", (await _shell.RunAsync("echo ok")).Output);
    }

    [Fact(Timeout = 300_000)]
    public async Task Command_works_where_a_half_typed_line_stands()
    {
        await linux.Machine.Console.SendBytesAsync("echo half a li"u8.ToArray());

        Assert.Equal("ok\n", (await _shell.RunAsync("echo ok")).Output);
    }

    private static byte[] Sequence(int length)
    {
        var text = new System.Text.StringBuilder(length + 16);
        for (int i = 1; text.Length < length; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i}\n");
        return System.Text.Encoding.ASCII.GetBytes(text.ToString(0, length));
    }
}
