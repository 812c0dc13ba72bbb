namespace Qemu.Machine;

/// <summary>What the user's own arguments may not ask for, because the machine could not keep its promises.</summary>
internal static class ArgumentRules
{
    /// <exception cref="QemuConfigurationException">An argument takes QEMU out of reach.</exception>
    public static void Check(QemuMachineSpec spec)
    {
        if (spec.Arguments.Any(static argument => argument.TrimStart('-') == "daemonize" && argument.StartsWith('-')))
            throw new QemuConfigurationException("With -daemonize QEMU goes into the background, where nobody hears of its end or can see to it: leave it out.");
    }
}
