namespace FakeQemu;

/// <summary>QMP as QEMU speaks it, as far as a fault lets it come.</summary>
internal sealed class Monitor(Channel? channel)
{
    public const string Greeting =
        """{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": "fake"}, "capabilities": ["oob"]}}""";

    private const string Event = """{"timestamp": {"seconds": 1700000000, "microseconds": 0}, "event": "STORM", "data": {"n": 1}}""";

    private Channel Channel => channel ?? throw new InvalidOperationException("There is no -chardev socket,id=qmp,…");

    public void Send(string line) => Channel.Write(line + "\r\n");

    public void SendRaw(string text) => Channel.Write(text);

    public void Close() => Channel.Dispose();

    /// <summary>Greeting and capabilities, as they should be.</summary>
    public void Negotiate()
    {
        Send(Greeting);
        Answer(Read());
    }

    /// <summary>The next command; when there is none to come the program ends.</summary>
    public string Read()
    {
        if (Channel.ReadLine() is { } command)
            return command;
        Environment.Exit(0);
        return "";
    }

    public void Answer(string command) => Send($$"""{"return": {}, "id": {{IdOf(command)}}}""");

    /// <summary>Answers each command as told; ends, well-behaved, at <c>quit</c>.</summary>
    public void Serve(Action<string> answer)
    {
        while (true)
        {
            string command = Read();
            answer(command);
            if (command.Contains("\"quit\"", StringComparison.Ordinal))
                return;
        }
    }

    /// <summary>Events without end, and nothing else.</summary>
    public void Storm()
    {
        string events = string.Concat(Enumerable.Repeat(Event + "\r\n", 100));
        while (true)
            SendRaw(events);
    }

    public static string IdOf(string command)
    {
        int start = command.IndexOf("\"id\":", StringComparison.Ordinal) + 5;
        return command[start..].TrimStart().Split(',', '}')[0];
    }
}
