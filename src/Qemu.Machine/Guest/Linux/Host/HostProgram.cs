using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Qemu.Machine;

/// <summary>The <see cref="HostCommand"/> that really starts a process: English messages, no standard input, bounded time, no child left behind.</summary>
internal static class HostProgram
{
    private const int OutputLinesInMessage = 12;

    /// <summary>Enough for a kernel package over a slow line; a tool that hangs must not hang the test run.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    public static Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string workingDirectory, CancellationToken cancellationToken) =>
        RunAsync(program, arguments, workingDirectory, Limit, TimeProvider.System, cancellationToken);

    internal static async Task<string> RunAsync(
        string program, IReadOnlyList<string> arguments, string workingDirectory, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using MemoryStream output = await CaptureAsync(program, arguments, workingDirectory, limit, time, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }

    /// <summary>The same with the output as bytes, for a program that decompresses.</summary>
    public static Task<MemoryStream> CaptureAsync(string program, IReadOnlyList<string> arguments, string workingDirectory, CancellationToken cancellationToken) =>
        CaptureAsync(program, arguments, workingDirectory, Limit, TimeProvider.System, cancellationToken);

    private static async Task<MemoryStream> CaptureAsync(
        string program, IReadOnlyList<string> arguments, string workingDirectory, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using Process process = Start(program, arguments, workingDirectory);
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);

        using var draining = new CancellationTokenSource();

        var output = new MemoryStream();
        using var errors = new MemoryStream();
        Task pumps = Task.WhenAll(
            process.StandardOutput.BaseStream.CopyToAsync(output, draining.Token),
            process.StandardError.BaseStream.CopyToAsync(errors, draining.Token));
        try
        {
            await pumps.WaitAsync(either.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);

            // What it wrote last is still in the pipes, which a daemon that it started may hold open for ever.
            draining.CancelAfter(DrainLimit);
            await pumps.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            throw Failure($"did not end within {limit}");
        }

        return process.ExitCode == 0 ? output : throw Failure($"failed with exit code {process.ExitCode}");

        GuestImageException Failure(string what)
        {
            string text = Encoding.UTF8.GetString(errors.ToArray()) + Encoding.UTF8.GetString(output.ToArray());
            string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            string command = ShellQuoting.Join([program, .. arguments]);
            return new GuestImageException($"`{command}` {what}.\n{string.Join('\n', lines.TakeLast(OutputLinesInMessage))}".TrimEnd())
            {
                Command = command,
                CommandOutput = text,
            };
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, string workingDirectory)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["LC_ALL"] = "C";
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception error)
        {
            string command = ShellQuoting.Join([program, .. arguments]);
            throw new GuestImageException($"`{command}` could not be started: {error.Message}.", error) { Command = command };
        }
    }
}
