using System.Text.Json;
using Qemu.Doctor;

namespace Tests.Qemu.Doctor;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Check_prints_a_table_and_what_to_do()
    {
        (int exitCode, string output, string errors) = await RunAsync();

        Assert.Equal(0, exitCode);
        Assert.Empty(errors);
        Assert.Matches(@"(?m)^PROGRAM +VERSION +MACHINES +DEVICES +CPUS +ACCELERATORS THAT RUN GUESTS$", output);
        Assert.Matches(@"(?m)^qemu-system-\w+ +\d+\.\d+\.\d+ +\d+ +\d+ +\d+ +.*tcg$", output);
        Assert.Matches("(?m)^qemu-img ", output);
    }

    [Fact]
    public async Task Check_prints_json_when_asked()
    {
        (int exitCode, string output, _) = await RunAsync("check", "--json", "qemu-system-x86_64");

        Assert.Equal(0, exitCode);
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.True(report.RootElement.GetProperty("isFit").GetBoolean());
        JsonElement program = Assert.Single(report.RootElement.GetProperty("programs").EnumerateArray());
        Assert.Equal("x86_64", program.GetProperty("architecture").GetString());
        Assert.Contains(program.GetProperty("machineTypes").EnumerateArray(), type => type.GetString() == "q35");
        Assert.Contains(
            program.GetProperty("accelerators").EnumerateArray(),
            accelerator => accelerator.GetProperty("name").GetString() == "tcg" && accelerator.GetProperty("state").GetString() == "proven");
    }

    [Fact]
    public async Task Check_tells_what_to_install_and_fails_when_the_program_is_missing()
    {
        (int exitCode, string output, _) = await RunAsync("qemu-system-riscv64x");

        Assert.Equal(1, exitCode);
        Assert.Contains("* qemu-system-riscv64x: there is no 'qemu-system-riscv64x' on PATH. On Debian and Ubuntu: sudo apt-get install qemu-system-misc.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nonsense", "unknown option --nonsense")]
    [InlineData("nonsense", "'nonsense' is neither a command nor a QEMU program")]
    public async Task Command_line_that_is_not_understood_is_answered_with_the_usage(string argument, string says)
    {
        (int exitCode, string output, string errors) = await RunAsync(argument);

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains(says, errors, StringComparison.Ordinal);
        Assert.Contains("usage: qemu-doctor [COMMAND]", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_the_commands()
    {
        (int exitCode, string output, _) = await RunAsync("--help");

        Assert.Equal(0, exitCode);
        Assert.Contains("check [--json] [PROGRAM…]", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int exitCode = await CommandLine.RunAsync(arguments, output, errors);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
