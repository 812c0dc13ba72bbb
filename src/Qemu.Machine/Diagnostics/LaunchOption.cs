namespace Qemu.Machine;

/// <summary>An option of the command line.</summary>
/// <param name="Name">Its name with one dash, such as <c>-drive</c>; empty for an argument that stands alone, which is a disk image.</param>
/// <param name="Value">Its value; empty for a switch.</param>
internal sealed record LaunchOption(string Name, string Value)
{
    /// <summary>Options that take no value, so that a disk image may follow.</summary>
    private static readonly HashSet<string> s_switches = new(StringComparer.Ordinal)
    {
        "-S", "-s", "-daemonize", "-enable-kvm", "-full-screen", "-h", "-help", "-mem-prealloc", "-no-acpi", "-no-hpet", "-no-reboot", "-no-shutdown",
        "-no-user-config", "-nodefaults", "-nographic", "-only-migratable", "-preconfig", "-singlestep", "-snapshot", "-usb", "-version",
    };

    /// <summary>The way QEMU quotes it in its messages.</summary>
    public string Text => Name.Length == 0 ? Value : Value.Length == 0 ? Name : $"{Name} {Value}";

    /// <summary>The value up to the first comma: the driver of <c>-device</c>, the type of <c>-netdev</c>.</summary>
    public string Type => Value.Split(',', 2)[0] is var first && first.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals
        ? first[(equals + 1)..]
        : first;

    /// <summary>The value of a property; null when it is not there. Commas within values are written twice.</summary>
    public string? Property(string name) => Value.Replace(",,", "\0", StringComparison.Ordinal).Split(',')
        .Where(part => part.StartsWith(name + "=", StringComparison.Ordinal))
        .Select(part => part[(name.Length + 1)..].Replace('\0', ','))
        .LastOrDefault();

    /// <summary>Reads an argument vector. For options it does not know, the next argument is the value unless it looks like an option.</summary>
    public static IReadOnlyList<LaunchOption> Parse(IReadOnlyList<string> arguments)
    {
        var options = new List<LaunchOption>();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (!argument.StartsWith('-') || argument.Length == 1)
            {
                options.Add(new LaunchOption("", argument));
                continue;
            }

            string name = argument.StartsWith("--", StringComparison.Ordinal) ? argument[1..] : argument;
            bool hasValue = !s_switches.Contains(name) && i + 1 < arguments.Count && (!arguments[i + 1].StartsWith('-') || arguments[i + 1].Length == 1);
            options.Add(new LaunchOption(name, hasValue ? arguments[++i] : ""));
        }

        return options;
    }
}
