using System.Diagnostics;
using System.Text;

namespace Tests.Runners;

/// <summary>A test program that is running, and what it has printed so far.</summary>
internal sealed class RunningProgram : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private readonly CancellationTokenSource _limit = new(s_limit);

    public RunningProgram(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Reads on until a line holds a text.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        while (await _process.StandardOutput.ReadLineAsync(_limit.Token) is { } line)
        {
            _printed.AppendLine(line);
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        }

        Assert.Fail($"It ended without saying '{text}':\n{_printed}");
        return "";
    }

    public void TypeEnter() => _process.StandardInput.WriteLine();

    /// <summary>SIGKILL for the program alone, not for what it started.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Terminate(_process.Id);

    /// <summary>SIGTERM for one of the processes behind it.</summary>
    public static void Terminate(int processId)
    {
        using var kill = Process.Start("kill", ["-TERM", processId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end; gives all that it printed.</summary>
    public async Task<string> EndAsync()
    {
        _printed.Append(await _process.StandardOutput.ReadToEndAsync(_limit.Token));
        await _process.WaitForExitAsync(_limit.Token);
        return _printed.ToString();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _limit.Dispose();
    }
}
