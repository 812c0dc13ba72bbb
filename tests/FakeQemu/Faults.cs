using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FakeQemu;

/// <summary>What can go wrong with a QEMU, by name. A behaviour returns the exit code, or never.</summary>
internal static class Faults
{
    private const int HugeLine = 300_000_000;
    private const string EndlessLineFault = "console-line:";

    public static int Play(string fault, Monitor monitor, Channel? console)
    {
        try
        {
            return Run(fault, monitor, console);
        }
        catch (IOException error)
        {
            // The other side is gone, as it is at the end of every test.
            System.Console.Error.WriteLine(error.Message);
            return 2;
        }
    }

    private static int Run(string fault, Monitor monitor, Channel? console) => fault switch
    {
        // Before it is ready.
        "exit-before-greeting" => Fail("fake: exited before the greeting"),
        "silent" => Forever(),
        "stop-before-greeting" => Stop(),
        "close-before-greeting" => Forever(monitor.Close),
        "half-greeting" => Forever(() => monitor.SendRaw(Monitor.Greeting[..30])),
        "half-greeting-close" => Forever(() => monitor.SendRaw(Monitor.Greeting[..30]), monitor.Close),
        "garbage-greeting" => Forever(() => monitor.SendRaw("\u0000\u001b]0;owned\u0007 not QMP \r\n")),
        "endless-greeting" => EndlessLine(monitor),
        "exit-after-greeting" => Fail("fake: exited after the greeting", () => monitor.Send(Monitor.Greeting)),
        "mute-after-greeting" => Forever(() => monitor.Send(Monitor.Greeting)),
        "storm-after-greeting" => Forever(() => monitor.Send(Monitor.Greeting), monitor.Storm),
        "refuses-capabilities" => Forever(
            () => monitor.Send(Monitor.Greeting),
            () => monitor.Send($$$"""{"error": {"class": "GenericError", "desc": "no"}, "id": {{{Monitor.IdOf(monitor.Read())}}}}""")),
        "stderr-flood" => FloodStderr(),

        // When it is ready.
        "none" => Serve(monitor, monitor.Answer),
        "mute" => Serve(monitor, static _ => { }, deafToQuit: true),
        "deaf" => Forever(monitor.Negotiate),
        "foreign-id" => Serve(monitor, _ => monitor.Send("""{"return": {}, "id": 987654321}"""), deafToQuit: true),
        "text-id" => Serve(monitor, _ => monitor.Send("""{"return": {}, "id": "one"}"""), deafToQuit: true),
        "no-id" => Serve(monitor, _ => monitor.Send("""{"return": {}}"""), deafToQuit: true),
        "half-reply" => Forever(monitor.Negotiate, () => monitor.SendRaw($$"""{"return": {}, "id": {{Monitor.IdOf(monitor.Read())}}""")),
        "half-reply-close" => Forever(monitor.Negotiate, () => monitor.SendRaw("""{"return": {}, "id"""), monitor.Close),
        "half-reply-exit" => Fail("fake: exited in the middle of a reply", monitor.Negotiate, () => _ = monitor.Read(), () => monitor.SendRaw("""{"return": {"text": "a""")),
        "garbage" => Forever(monitor.Negotiate, () => _ = monitor.Read(), () => monitor.SendRaw("]} garbage \u001b[2J\r\n")),
        "huge-line" => Forever(monitor.Negotiate, () => _ = monitor.Read(), () => SendHugeLine(monitor)),
        "second-greeting" => Forever(monitor.Negotiate, () => _ = monitor.Read(), () => monitor.Send(Monitor.Greeting)),
        "close" => Forever(monitor.Negotiate, () => _ = monitor.Read(), monitor.Close),
        "exit" => Fail("fake: exited instead of answering", monitor.Negotiate, () => _ = monitor.Read()),
        "stop" => Stop(monitor.Negotiate, () => _ = monitor.Read()),
        "storm" => Forever(monitor.Negotiate, () => _ = monitor.Read(), monitor.Storm),
        "ignores-sigterm" => IgnoreSigterm(monitor),
        "quits-but-stays" => Forever(monitor.Negotiate, () => monitor.Serve(monitor.Answer)),
        "heir" => LeaveHeir(monitor),
        "console-flood" => FloodConsole(monitor, console!),
        "log-flood" => FloodLog(monitor),
        _ when fault.StartsWith(EndlessLineFault, StringComparison.Ordinal) => WriteLine(monitor, console!, long.Parse(fault[EndlessLineFault.Length..], CultureInfo.InvariantCulture)),
        "console-flood-50m" => FloodConsole(monitor, console!, 50 * 1024 * 1024),
        _ => throw new ArgumentException($"There is no fault '{fault}'."),
    };

    private static int Fail(string message, params Action[] steps)
    {
        Do(steps);
        System.Console.Error.WriteLine(message);
        return 3;
    }

    private static int Forever(params Action[] steps)
    {
        Do(steps);
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    private static int Stop(params Action[] steps)
    {
        Do(steps);
        const int SigStop = 19;
        _ = Kill(Environment.ProcessId, SigStop);
        return Forever();
    }

    private static int Serve(Monitor monitor, Action<string> answer, bool deafToQuit = false)
    {
        monitor.Negotiate();
        monitor.Serve(answer);
        return deafToQuit ? Forever() : 0;
    }

    private static int EndlessLine(Monitor monitor)
    {
        string text = new('x', 64 * 1024);
        while (true)
            monitor.SendRaw(text);
    }

    private static void SendHugeLine(Monitor monitor)
    {
        string text = new('x', 1_000_000);
        monitor.SendRaw("""{"return": ["text": """ + '"');
        for (int sent = 0; sent < HugeLine; sent += text.Length)
            monitor.SendRaw(text);
        monitor.SendRaw("\"}\r\n");
    }

    private static int FloodStderr()
    {
        byte[] line = new byte[1024];
        Array.Fill(line, (byte)'e');
        line[^1] = (byte)'\n';
        using Stream stderr = System.Console.OpenStandardError();
        try
        {
            for (int i = 0; i < 40 * 1024; i++)
                stderr.Write(line);
        }
        catch (IOException)
        {
            return 4; // the disk is full
        }

        return Fail("fake: the end of the flood");
    }

    private static int IgnoreSigterm(Monitor monitor)
    {
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context => context.Cancel = true);
        return Serve(monitor, static _ => { }, deafToQuit: true);
    }

    /// <summary>Ends at <c>quit</c>; a child in a session of its own goes on to hold every descriptor.</summary>
    private static int LeaveHeir(Monitor monitor)
    {
        using var heir = Process.Start(new ProcessStartInfo("setsid", ["sleep", "60"]))!;
        System.Console.Error.WriteLine($"heir {heir.Id}");
        return Serve(monitor, monitor.Answer);
    }

    /// <summary>Bytes of every kind on the console: without end, or so many and then a line that says so.</summary>
    private static int FloodConsole(Monitor monitor, Channel console, long length = long.MaxValue)
    {
        var flood = new Thread(() =>
        {
            byte[] bytes = new byte[64 * 1024];
            new Random(1).NextBytes(bytes);
            for (long written = 0; written < length; written += bytes.Length)
                console.Write(bytes);
            console.Write("\r\nflood over\r\n"u8.ToArray());
        });
        flood.IsBackground = true;
        flood.Start();
        return length == long.MaxValue ? Serve(monitor, static _ => { }, deafToQuit: true) : Serve(monitor, monitor.Answer);
    }

    /// <summary>So many characters of one line on the console, and then a line that says so.</summary>
    private static int WriteLine(Monitor monitor, Channel console, long length)
    {
        byte[] text = new byte[64 * 1024];
        Array.Fill(text, (byte)'x');
        var writer = new Thread(() =>
        {
            for (long left = length; left > 0; left -= text.Length)
                console.Write(text.AsSpan(0, (int)Math.Min(left, text.Length)));
            console.Write("\r\nflood over\r\n"u8);
        });
        writer.IsBackground = true;
        writer.Start();
        return Serve(monitor, monitor.Answer);
    }

    /// <summary>Lines on stderr without end: as fast as it goes at first, and then so that no disk is filled.</summary>
    private static int FloodLog(Monitor monitor)
    {
        var flood = new Thread(static () =>
        {
            byte[] lines = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("Trace 0: 0x7f0000000000 [00000000/000f0000/00000000/ff000000]\n", 1000)));
            using Stream stderr = System.Console.OpenStandardError();
            for (long written = 0; ; written += lines.Length)
            {
                stderr.Write(lines);
                if (written > 300_000_000)
                    Thread.Sleep(5);
            }
        });
        flood.IsBackground = true;
        flood.Start();
        return Serve(monitor, monitor.Answer);
    }

    private static void Do(Action[] steps)
    {
        foreach (Action step in steps)
            step();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
