using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>The rules that every machine has unless its builder removes them. Where several see the same line, the first counts.</summary>
public static class PanicRules
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<PanicRule> Default { get; } =
    [
        new KernelPanicRule(),
        new KernelBugRule(),
        new SanitizerRule(),
        new UndefinedBehaviourRule(),
        new OopsRule(),
        new LockupRule(),
        new KernelComplaintRule(),
        new HungTaskRule(),
        new RcuStallRule(),
        new InitKilledRule(),
        new EmergencyShellRule(),
        new GrubRule(),
        new FirmwareExceptionRule(),
        new BootFailureRule(),
    ];
}
