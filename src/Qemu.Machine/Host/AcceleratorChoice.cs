namespace Qemu.Machine;

/// <summary>Which accelerator a machine runs on, and why that one.</summary>
/// <param name="Name">Its name: <c>kvm</c>, <c>tcg</c>.</param>
/// <param name="Reason">Who chose it, or what spoke against the others.</param>
public sealed record AcceleratorChoice(string Name, string Reason)
{
    /// <summary>Whether it is what the user said: false when the best one was to be chosen, and when QEMU fell back to another one than the first.</summary>
    public bool IsAsSpecified { get; init; } = true;

    /// <summary>Both, for a log.</summary>
    public override string ToString() => $"{Name} ({Reason})";

    /// <summary>The best that is proven here.</summary>
    /// <exception cref="QemuConfigurationException">The program has none that runs guests.</exception>
    internal static async Task<AcceleratorChoice> ChooseAsync(HostTarget target, HostFacts facts, CancellationToken cancellationToken)
    {
        QemuHost host = await QemuHost.ProbeAsync(target, facts, cancellationToken).ConfigureAwait(false);
        if (!host.IsAvailable)
            return new AcceleratorChoice(Accelerators.Tcg, "the program could not be asked") { IsAsSpecified = false }; // nor will it start: that tells why

        var usable = host.Accelerators.Where(accelerator => accelerator.IsUsable).ToList();
        QemuAccelerator? best = usable.FirstOrDefault(accelerator => accelerator.State == AcceleratorState.Proven)
            ?? usable.FirstOrDefault(accelerator => accelerator.Name == Accelerators.Tcg);
        IEnumerable<string> others = host.Accelerators
            .TakeWhile(accelerator => accelerator != best)
            .Select(accelerator => $"{accelerator.Name}: {accelerator.Reason}");
        if (best is null)
        {
            throw new QemuConfigurationException(
                $"No accelerator of {host.Binary} runs guests here. {string.Join("; ", others.Concat(host.Problems))}");
        }

        return new AcceleratorChoice(best.Name, string.Join("; ", others.Prepend($"best available: {best.Reason}"))) { IsAsSpecified = false };
    }
}
