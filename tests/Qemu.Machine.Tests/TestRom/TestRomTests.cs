using System.Text;

namespace Tests.Qemu.Machine;

/// <summary>The test guest itself, seen without the code under test: what the other tests may rely on.</summary>
public sealed class TestRomTests
{
    [Theory]
    [InlineData("pc")]
    [InlineData("q35")]
    [InlineData("microvm")]
    public async Task Guest_answers_floods_and_exits_with_a_code_when_told(string machine)
    {
        (int exitCode, byte[] output) = await RomGuest.RunAsync(TestRom.Path, "id\rhello\nlong\r\nflood 100001 exit 21\n", "-machine", machine);

        byte[] expected =
        [
            .. Encoding.ASCII.GetBytes($"{TestRom.Ready}\r\nmachine={machine} boots=1 memory=16 cpus=1\r\necho: hello\r\n{TestRom.LongOk}\r\n"),
            .. TestRom.Flood(100_001),
            .. Encoding.ASCII.GetBytes($"\r\n{TestRom.FloodDone}\r\n"),
        ];
        Assert.Equal(expected, output);
        Assert.Equal(TestRom.ExitCode(21), exitCode);
    }

    [Theory]
    [InlineData("pc", "poweroff")]
    [InlineData("q35", "poweroff")]
    [InlineData("microvm", "poweroff")]
    [InlineData("pc", "reset")]
    [InlineData("q35", "reset")]
    [InlineData("microvm", "reset")]
    [InlineData("pc", "triple")]
    public async Task Guest_ends_the_machine_when_told(string machine, string command)
    {
        // -no-reboot turns a reset into an end.
        (int exitCode, byte[] output) = await RomGuest.RunAsync(TestRom.Path, command + "\n", "-machine", machine);

        Assert.Equal(0, exitCode);
        Assert.Equal($"{TestRom.Ready}\r\n", Encoding.ASCII.GetString(output));
    }
}
