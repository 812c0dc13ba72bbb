using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Qemu.Machine;
using Qemu.Qmp;
using Qemu.Testing;

namespace Qemu.Doctor;

/// <summary>Lets a failed test's machine go on where it was when the test failed, at this terminal.</summary>
internal sealed class ReopenCommand : IDoctorCommand
{
    private const string Gdb = "--gdb=";
    private const string Stopped = "--stopped";

    private static readonly TimeSpan s_loadLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public string Name => "reopen";

    public string Usage => "reopen [--gdb=PORT] [--stopped] DIR";

    public string Summary => "resumes the machine that XUNIT_QEMU_KEEP=failed kept in DIR: console, QMP, GDB";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output)
    {
        int port = 0;
        foreach (string argument in arguments.Where(argument => argument.StartsWith('-')))
        {
            if (argument != Stopped && !(argument.StartsWith(Gdb, StringComparison.Ordinal)
                && int.TryParse(argument[Gdb.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535))
                throw new UsageException($"unknown option {argument}");
        }

        if (arguments.Where(argument => !argument.StartsWith('-')).ToArray() is not [var directory])
            throw new UsageException("reopen takes the directory of one failed test");
        string folder = Find(directory);
        ManualCommand command = KeptState.Read(folder)!;
        DirectoryInfo sockets = Directory.CreateTempSubdirectory("qemu-reopen-");
        try
        {
            return await RunAsync(command, folder, sockets.FullName, port == 0 ? FreePort() : port, arguments.Contains(Stopped), output).ConfigureAwait(false);
        }
        finally
        {
            if (Directory.Exists(sockets.FullName)) // the script removes it too
                sockets.Delete(recursive: true);
        }
    }

    /// <summary>The folder of the machine: the directory itself, or the only one in it that has a state.</summary>
    private static string Find(string directory)
    {
        if (!Directory.Exists(directory))
            throw new UsageException($"there is no directory {directory}");
        string[] found = [.. Directory.GetDirectories(directory).Prepend(directory).Where(folder => File.Exists(Path.Combine(folder, KeptState.Folder, KeptState.ManifestName)))];
        return found switch
        {
            [var only] => only,
            [] => throw new UsageException($"{directory} keeps no machine: run the test with XUNIT_QEMU_KEEP=failed"),
            _ => throw new UsageException($"{directory} keeps several machines, name one: {string.Join(", ", found)}"),
        };
    }

    private static async Task<int> RunAsync(ManualCommand command, string folder, string sockets, int port, bool stopped, TextWriter output)
    {
        string state = Path.GetFullPath(Path.Combine(folder, KeptState.Folder));
        string qmp = Path.Combine(sockets, "qmp.sock");
        await output.WriteLineAsync(command.HasConsole
            ? "Console: here. Ctrl-A c: QEMU's monitor; Ctrl-A x: ends the machine."
            : "Monitor: here; the machine has no console. \"quit\" ends it.").ConfigureAwait(false);
        await output.WriteLineAsync($"QMP:     {qmp}").ConfigureAwait(false);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"GDB:     target remote 127.0.0.1:{port}")).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);

        string script = Path.Combine(sockets, "run.sh");
        await File.WriteAllTextAsync(script, Render(command)).ConfigureAwait(false);
        var start = new ProcessStartInfo("/bin/sh", [script, "-gdb", string.Create(CultureInfo.InvariantCulture, $"tcp:127.0.0.1:{port}")]);
        start.Environment["sockets"] = sockets;
        start.Environment["state"] = state.Replace(",", ",,", StringComparison.Ordinal); // as QEMU takes a comma in a property
        start.Environment[ManualCommand.StateEnvironment] = state;
        if (Directory.Exists(command.WorkingDirectory))
            start.WorkingDirectory = command.WorkingDirectory;
        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(s_loadLimit);
        try
        {
            await ResumeAsync(process, qmp, stopped, output, limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync().ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException error)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"QEMU did not load the state within {s_loadLimit.TotalMinutes:0.###} min; it was killed."), error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static string Render(ManualCommand command)
    {
        var text = new StringBuilder(ManualScript.Begin(command));
        ManualScript.AppendCommand(text, command, indent: "");
        return text.Append("\"$@\"\n").ToString();
    }

    /// <summary>The state was saved of a machine that stood still; once loaded, it is told to go on.</summary>
    private static async Task ResumeAsync(Process process, string qmp, bool stopped, TextWriter output, CancellationToken cancellationToken)
    {
        while (!process.HasExited)
        {
            try
            {
                QmpClient? client = await ConnectAsync(qmp, cancellationToken).ConfigureAwait(false);
                if (client is null)
                {
                    await Task.Delay(s_pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                await using (client.ConfigureAwait(false))
                {
                    while (await StatusAsync(client, cancellationToken).ConfigureAwait(false) == "inmigrate")
                        await Task.Delay(s_pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                    await output.WriteLineAsync(stopped ? "The machine stands still: \"cont\" in the monitor lets it run." : await ContinueAsync(client, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                    await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                }

                return;
            }
            catch (QmpDisconnectedException)
            {
                return; // QEMU says why by itself, on this terminal
            }
        }
    }

    /// <summary>A machine that had powered itself off, or that its accelerator gave up, does not go on; it can be looked at.</summary>
    private static async Task<string> ContinueAsync(QmpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.ExecuteAsync("cont", cancellationToken).ConfigureAwait(false);
            return "The machine runs.";
        }
        catch (QmpCommandException error)
        {
            return $"The machine stands still: {error.Description}";
        }
    }

    private static async Task<string?> StatusAsync(QmpClient client, CancellationToken cancellationToken)
    {
        JsonElement status = await client.ExecuteAsync("query-status", cancellationToken).ConfigureAwait(false);
        return status.GetProperty("status"u8).GetString();
    }

    private static async Task<QmpClient?> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null; // QEMU does not listen yet
        }

        return await QmpClient.ConnectAsync(new QmpUnixStream(socket), options: null, cancellationToken).ConfigureAwait(false);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
