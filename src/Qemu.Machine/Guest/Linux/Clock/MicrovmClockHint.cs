namespace Qemu.Machine;

/// <summary>
/// Tells a Linux that boots on microvm under TCG how fast its time stamp counter runs. The machine has no timer interrupt but those that
/// are set by that counter, so a kernel that cannot measure it waits for ever. It measures by a few milliseconds' polling of the PIT,
/// which fails whenever the host takes the processor away in between. On <c>pc</c> and <c>q35</c> it has other clocks to fall back to;
/// under KVM it asks the hypervisor.
/// </summary>
internal static class MicrovmClockHint
{
    /// <summary>Linux ≥ 4.20: Documentation/admin-guide/kernel-parameters.txt. Any other guest takes it for a word like any.</summary>
    private const string Parameter = "tsc_early_khz";

    /// <summary>The specification with the hint, if it is of use.</summary>
    public static async Task<QemuMachineSpec> ApplyAsync(QemuMachineSpec spec)
    {
        if (!MachineFamily.IsMicrovm(spec.MachineType)
            || spec.Options.OfType<KernelOption>().LastOrDefault() is not { Append: { } append } kernel
            || !append.Contains("console=", StringComparison.Ordinal)
            || append.Contains(Parameter, StringComparison.Ordinal)
            || !AcceleratorPolicy.IsOnlyTcg(spec)
            || await TimeStampCounter.GetFrequencyAsync().ConfigureAwait(false) is not { } frequency)
            return spec;

        // In front: what stands behind a "--" is for the guest's first program.
        return spec with { Options = spec.Options.Replace(kernel, kernel with { Append = FormattableString.Invariant($"{Parameter}={frequency} {append}") }) };
    }
}
