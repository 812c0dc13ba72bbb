namespace Qemu.Machine;

/// <summary>More memory than this process may have.</summary>
internal sealed class MemoryRule() : OutputRule("cannot set up guest memory", "Cannot allocate memory", "cannot allocate memory", "unable to map backing store")
{
    public override string Name => "memory-unavailable";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string asked = evidence.Options.LastOrDefault(option => option.Name == "-m")?.Value is { } size ? $"{size} of memory" : "the guest's memory";
        string host = evidence.Host is { AvailableMemory: { } available, TotalMemory: { } total }
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" It has {total} MiB in all, {available} MiB of them free.")
            : "";
        return new Finding(
            $"The host does not give QEMU {asked}.{host}",
            "Ask for less with .WithMemory(\"256M\"), run fewer machines at once, or raise the limit on this process: `ulimit -v`, the container's or the service's.");
    }
}
