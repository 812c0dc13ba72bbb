using Qemu.Qmp;

namespace Qemu.Doctor;

/// <summary>Finds the command that is asked for and runs it.</summary>
internal static class CommandLine
{
    private const int UsageError = 2;

    /// <summary>All commands; the first one runs when none is named. A new one is a class and a line here.</summary>
    private static readonly IReadOnlyList<IDoctorCommand> s_commands = [new CheckCommand(), new CacheCommand(), new ReopenCommand()];

    /// <returns>The exit code: 0 when all is well, 1 when not, 2 when the command line is not understood.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (arguments.Any(argument => argument is "-h" or "--help" or "help"))
        {
            await WriteUsageAsync(output).ConfigureAwait(false);
            return 0;
        }

        IDoctorCommand? command = s_commands.FirstOrDefault(command => arguments.Count > 0 && command.Name == arguments[0]);
        IReadOnlyList<string> rest = command is null ? arguments : [.. arguments.Skip(1)];
        try
        {
            return await (command ?? s_commands[0]).RunAsync(rest, output).ConfigureAwait(false);
        }
        catch (UsageException error)
        {
            await errors.WriteLineAsync($"qemu-doctor: {error.Message}").ConfigureAwait(false);
            await WriteUsageAsync(errors).ConfigureAwait(false);
            return UsageError;
        }
        catch (Exception error) when (error is QemuException or IOException or InvalidDataException or UnauthorizedAccessException or TimeoutException)
        {
            await errors.WriteLineAsync($"qemu-doctor: {error.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task WriteUsageAsync(TextWriter writer)
    {
        await writer.WriteLineAsync("usage: qemu-doctor [COMMAND] [OPTION…]").ConfigureAwait(false);
        int width = s_commands.Max(command => command.Usage.Length);
        foreach (IDoctorCommand command in s_commands)
            await writer.WriteLineAsync($"  {command.Usage.PadRight(width)}  {command.Summary}").ConfigureAwait(false);
    }
}
