namespace Qemu.Machine;

/// <summary>What the user's own arguments may not ask for, because the machine could not keep its promises.</summary>
internal static class ArgumentRules
{
    /// <exception cref="QemuConfigurationException">An argument takes QEMU out of reach.</exception>
    public static void Check(QemuMachineSpec spec)
    {
        if (Daemonizes(spec))
            throw new QemuConfigurationException("With -daemonize QEMU goes into the background, where nobody hears of its end or can see to it: leave it out.");
    }

    /// <summary>Whether QEMU is told to leave its terminal and its parent; like all its options this one may have two dashes.</summary>
    public static bool Daemonizes(QemuMachineSpec spec) => spec.Arguments.Any(static argument => argument is "-daemonize" or "--daemonize");
}
