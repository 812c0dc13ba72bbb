namespace Qemu.Testing;

/// <summary>What happens to a shared machine before each test.</summary>
public enum ResetPolicy
{
    /// <summary>A machine that ended or whose guest panicked is started again, so that one failure does not bring down the tests after it. The default.</summary>
    WhenBroken,

    /// <summary>Each test finds the machine as it was when it became ready. Tests that overlap on one machine are an error.</summary>
    BeforeEachTest,

    /// <summary>Nothing: a machine that ended stays ended, and the tests say so.</summary>
    Never,
}
