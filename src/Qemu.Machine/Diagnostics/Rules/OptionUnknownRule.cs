namespace Qemu.Machine;

/// <summary>An option that this QEMU does not have: misspelt, newer than it, or removed from it.</summary>
internal sealed class OptionUnknownRule() : OutputRule("invalid option")
{
    /// <summary>Options that went away, or came, and what serves instead. From QEMU's lists of removed features.</summary>
    private static readonly Dictionary<string, string> s_moved = new(StringComparer.Ordinal)
    {
        ["-soundhw"] = "it was removed in 7.1: use -device AC97 (or another card) with -audiodev.",
        ["-no-acpi"] = "it was removed in 9.0: use -machine acpi=off.",
        ["-no-hpet"] = "it was removed in 9.0: use -machine hpet=off.",
        ["-singlestep"] = "it was removed in 9.0: use -accel tcg,one-insn-per-tb=on.",
        ["-async-teardown"] = "it was removed in 9.0: use -run-with async-teardown=on.",
        ["-chroot"] = "it was removed in 9.0: use -run-with chroot=DIR.",
        ["-runas"] = "it was removed in 9.1: use -run-with user=NAME.",
        ["-portrait"] = "it was removed in 9.2.",
        ["-run-with"] = "it came with QEMU 8.1.",
        ["-enable-kvm"] = "this QEMU was built without KVM: use .WithAccelerator(\"tcg\").",
        ["-usbdevice"] = "use -device usb-kbd, usb-tablet and the like on -device qemu-xhci.",
        ["-watchdog"] = "it was removed in 7.2: use -device i6300esb (or ib700).",
    };

    private static readonly string[] s_common =
    [
        "-accel", "-add-fd", "-append", "-audiodev", "-bios", "-blockdev", "-boot", "-cdrom", "-chardev", "-cpu", "-D", "-d", "-debugcon",
        "-device", "-display", "-drive", "-dtb", "-fsdev", "-fw_cfg", "-gdb", "-global", "-hda", "-hdb", "-icount", "-incoming", "-initrd",
        "-kernel", "-loadvm", "-m", "-machine", "-mem-path", "-mon", "-monitor", "-name", "-netdev", "-nic", "-no-reboot", "-no-shutdown",
        "-nodefaults", "-nographic", "-numa", "-object", "-pflash", "-pidfile", "-qmp", "-rtc", "-sandbox", "-serial", "-smbios", "-smp",
        "-snapshot", "-spice", "-tpmdev", "-trace", "-usb", "-uuid", "-vga", "-virtfs", "-vnc",
    ];

    public override string Name => "option-unknown";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string option = Named(line, evidence);
        if (option.Split(' ', 2) is [var first, var rest] && s_common.Contains(first))
            return new Finding($"'{option}' stands as one argument.", $"Option and value are two: .WithArguments(\"{first}\", \"{rest}\").");
        string advice = s_moved.TryGetValue(option, out string? moved)
            ? char.ToUpperInvariant(moved[0]) + moved[1..]
            : NearestName.Find(option, s_common) is { } nearest && nearest != option
                ? $"Did you mean '{nearest}'? `{evidence.BinaryName} -help` lists all options."
                : $"`{evidence.BinaryName} -help` lists all options of this version.";
        return new Finding($"This QEMU has no option {option}.", advice);
    }

    // QEMU writes "-foobar: invalid option", whatever value follows on the command line.
    private static string Named(OutputLine line, LaunchEvidence evidence)
    {
        string before = line.Text[..line.Text.IndexOf(": invalid option", StringComparison.Ordinal)];
        return evidence.Options.Select(option => option.Name)
            .FirstOrDefault(name => name.Length > 0 && before.EndsWith(" " + name.TrimStart('-').Insert(0, "-"), StringComparison.Ordinal))
            ?? before[(before.LastIndexOf(' ') + 1)..];
    }
}
