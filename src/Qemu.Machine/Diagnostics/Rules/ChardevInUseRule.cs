namespace Qemu.Machine;

/// <summary>A chardev that two front ends want. QEMU crashes over some of them (SIGABRT).</summary>
internal sealed class ChardevInUseRule() : OutputRule("' is in use", "' is already in use")
{
    public override string Name => "chardev-in-use";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string id = line.Between(line.Says("Device '") ? "Device '" : "chardev '", "'");
        if (!evidence.Ids("-chardev").Contains(id))
            return null;
        bool isOwn = evidence.Spec.Arguments.All(argument => !argument.Contains($"id={id}", StringComparison.Ordinal));
        return new Finding(
            $"The chardev '{id}' is in use already.",
            isOwn
                ? $"'{id}' is a channel of the machine's own: give the option a chardev of yours."
                : "Give each option a chardev of its own, or let them share it: -chardev …,mux=on.");
    }
}
