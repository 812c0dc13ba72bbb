using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Qemu.Qmp;

namespace Tests.Qemu.Doctor;

/// <summary>A machine that <c>qemu-doctor reopen</c> let go on, and the terminal at which it does.</summary>
internal sealed class ReopenedMachine : IAsyncDisposable
{
    private readonly Process _doctor;
    private readonly StringBuilder _seen = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(4));
    private readonly Task<string> _errors;
    private int _from;

    private ReopenedMachine(Process doctor)
    {
        _doctor = doctor;
        _errors = doctor.StandardError.ReadToEndAsync();
    }

    /// <summary>All that the terminal showed.</summary>
    public string Seen => _seen.ToString();

    /// <summary>The socket that the command named.</summary>
    public string QmpPath => Regex.Match(Seen, @"QMP: +(\S.*)").Groups[1].Value.TrimEnd();

    public CancellationToken Limit => _limit.Token;

    public static async Task<ReopenedMachine> StartAsync(string directory, string until = "The machine runs.", params string[] options)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "qemu-doctor"), ["reopen", .. options, directory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var machine = new ReopenedMachine(Process.Start(start)!);
        try
        {
            await machine.ReadUntilAsync(until);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    public async Task TypeAsync(string text)
    {
        await _doctor.StandardInput.WriteAsync(text.AsMemory(), Limit);
        await _doctor.StandardInput.FlushAsync(Limit);
    }

    /// <summary>Types a line and reads on until the answer, which must not be in the line: a terminal echoes.</summary>
    public async Task<string> AskAsync(string line, string answer)
    {
        Assert.DoesNotContain(answer, line, StringComparison.Ordinal);
        await TypeAsync(line);
        return await ReadUntilAsync(answer);
    }

    /// <summary>Reads on from where the last reading ended.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        char[] buffer = new char[1024];
        int at;
        while ((at = Seen.IndexOf(text, _from, StringComparison.Ordinal)) < 0)
        {
            int count;
            try
            {
                count = await _doctor.StandardOutput.ReadAsync(buffer, Limit);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"'{text}' did not come. It came:\n{Seen}");
            }

            if (count == 0)
                Assert.Fail($"'{text}' did not come before the end. It came:\n{Seen}\n{await _errors}");
            _seen.Append(buffer, 0, count);
        }

        string read = Seen[_from..at];
        _from = at + text.Length;
        return read;
    }

    public async Task<QmpClient> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(QmpPath), Limit);
        return await QmpClient.ConnectAsync(new QmpUnixStream(socket), cancellationToken: Limit);
    }

    /// <summary>Waits for the end that the test brought about.</summary>
    /// <returns>The command's exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _doctor.StandardOutput.ReadToEndAsync(Limit);
        await _doctor.WaitForExitAsync(Limit);
        return _doctor.ExitCode;
    }

    /// <summary>What it wrote to stderr until its end.</summary>
    public Task<string> ErrorsAsync() => _errors.WaitAsync(Limit);

    public async ValueTask DisposeAsync()
    {
        if (!_doctor.HasExited)
            _doctor.Kill(entireProcessTree: true);
        await _doctor.WaitForExitAsync();
        _doctor.Dispose();
        _limit.Dispose();
    }
}
