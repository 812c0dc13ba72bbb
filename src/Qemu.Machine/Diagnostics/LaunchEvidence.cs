namespace Qemu.Machine;

/// <summary>All that is known of a failed launch; what rules look at.</summary>
internal sealed class LaunchEvidence
{
    /// <summary>What ended QEMU stands at the end of what it wrote: of a flood, a log of all instructions say, so much is looked at.</summary>
    private const int MaximumOutput = 64 * 1024;

    private IReadOnlyList<LaunchOption>? _options;
    private IReadOnlyList<OutputLine>? _lines;

    /// <summary>What QEMU wrote to stdout and stderr.</summary>
    public string Output { get; init; } = "";

    /// <summary>Wrapper, program and arguments.</summary>
    public required IReadOnlyList<string> CommandLine { get; init; }

    public required QemuMachineSpec Spec { get; init; }

    /// <summary>How the process ended by itself; null when it was never started, or was alive and had to be killed.</summary>
    public ExitStatus? Exit { get; init; }

    /// <summary>What the process was doing when the patience with it ended; null when it had ended by itself.</summary>
    public ProcessSnapshot? Alive { get; init; }

    /// <summary>What kept the process from being started at all.</summary>
    public Exception? StartError { get; init; }

    /// <summary>How many processes the kernel has killed for lack of memory since the launch began.</summary>
    public long OutOfMemoryKills { get; init; }

    /// <summary>Facts of the host that can be had at once.</summary>
    public HostState Host { get; init; } = HostState.Instance;

    /// <summary>QEMU's own arguments.</summary>
    public IEnumerable<string> QemuArguments => CommandLine.Skip(Spec.Wrapper.Length + 1);

    /// <summary>The program, without its directory.</summary>
    public string BinaryName => Path.GetFileName(Spec.Binary);

    public IReadOnlyList<LaunchOption> Options => _options ??= LaunchOption.Parse([.. QemuArguments]);

    public IReadOnlyList<OutputLine> Lines => _lines ??= [.. OutputLines()];

    public bool HasWrapper => !Spec.Wrapper.IsEmpty;

    /// <summary>The first line that says something; null when none does.</summary>
    public OutputLine? Line(string words) => Lines.FirstOrDefault(line => line.Says(words));

    /// <summary>The ids given to one kind of option.</summary>
    public IEnumerable<string> Ids(params string[] options) =>
        Options.Where(option => options.Contains(option.Name)).Select(option => option.Property("id")).OfType<string>();

    private IEnumerable<OutputLine> OutputLines()
    {
        string end = Output.Length <= MaximumOutput ? Output : Output[^MaximumOutput..];
        foreach (string text in end.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // The longest match: "-device a" also begins "-device a,b".
            LaunchOption? option = Options
                .Where(option => option.Text.Length > 0 && text.Contains(option.Text + ": ", StringComparison.Ordinal))
                .MaxBy(option => option.Text.Length);
            string prefix = text.Split(": ", 2)[0];
            yield return new OutputLine(text, option, IsFromQemu: option is not null || prefix == BinaryName || prefix == "qemu" || prefix.StartsWith("qemu-system-", StringComparison.Ordinal));
        }
    }
}
