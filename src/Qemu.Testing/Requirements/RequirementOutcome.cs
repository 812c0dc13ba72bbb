namespace Qemu.Testing;

/// <summary>Whether a requirement is met.</summary>
public enum RequirementOutcome
{
    /// <summary>The host has it: the test runs.</summary>
    Met,

    /// <summary>The host lacks it: the test is skipped.</summary>
    Unmet,

    /// <summary>It could not be found out, because something broke: the test fails. A crash is no reason to skip.</summary>
    Unknown,
}
