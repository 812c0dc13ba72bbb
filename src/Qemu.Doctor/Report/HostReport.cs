namespace Qemu.Doctor;

/// <summary>What was found out about this host. Its shape is that of <c>--json</c>.</summary>
/// <param name="IsFit">Whether the first program runs guests.</param>
/// <param name="System">The operating system.</param>
/// <param name="Kvm">The state of <c>/dev/kvm</c>, in words.</param>
/// <param name="CacheDirectory">Where facts about the host are kept; null where there is no place.</param>
/// <param name="Programs">The QEMU programs.</param>
/// <param name="Helpers">Other programs and files that tests use.</param>
/// <param name="Advice">What to install or change, most needed first.</param>
internal sealed record HostReport(
    bool IsFit,
    string System,
    string Kvm,
    string? CacheDirectory,
    IReadOnlyList<ProgramReport> Programs,
    IReadOnlyList<HelperReport> Helpers,
    IReadOnlyList<string> Advice);
