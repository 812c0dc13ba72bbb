namespace Qemu.Machine;

/// <summary>An id that nothing on the command line has.</summary>
internal sealed class ReferenceMissingRule() : OutputRule("can't find value", "\" not found", "Bus '", "chardev '", "Memory backend '", "no such chardev", "Cannot find device=")
{
    public override string Name => "reference-missing";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        bool isProperty = line.Says("can't find value");
        if (!isProperty && !line.Says("not found") && !line.Says("no such") && !line.Says("Cannot find"))
            return null;
        string id = isProperty ? line.Quoted(1)
            : line.Says("\" not found") ? line.Quoted(quote: '"')
            : line.Quoted() is { Length: > 0 } quoted ? quoted : line.Between("device='", "'");
        string what = isProperty ? line.Quoted().Split('.')[^1]
            : line.Says("Memory backend") ? "memory-backend"
            : line.Says("Bus '") ? "bus"
            : line.Says("chardev") ? "chardev"
            : "device";
        string[] options = what switch
        {
            "netdev" => ["-netdev"],
            "drive" => ["-drive", "-blockdev"],
            "chardev" => ["-chardev"],
            "memory-backend" or "memdev" or "rng" => ["-object"],
            "audiodev" => ["-audiodev"],
            "tpmdev" => ["-tpmdev"],
            _ => ["-device"],
        };
        if (id.Length == 0)
            return null;
        string[] ids = [.. evidence.Ids(options), .. evidence.Options.Select(option => option.Property("node-name")).OfType<string>()];
        string fix = NearestName.Find(id, ids) is { } nearest ? $"Did you mean '{nearest}'?"
            : what == "bus" ? $"Name a bus that the machine has (pci.0 on pc, pcie.0 on q35), or give a {options[0]} before it the id '{id}'."
            : $"Add {options[0]} with id={id} before it" + (ids.Length > 0 ? $"; there is {string.Join(", ", ids)}." : ".");
        return new Finding($"{line.Option?.Text ?? "The command line"} refers to the {what} '{id}', which does not exist.", fix);
    }
}
