using Xunit;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>Counts how many of it there are, so as to see that classes of tests share one.</summary>
public sealed class LeasedVm : RomVm
{
    private static int s_count;

    public LeasedVm() => Interlocked.Increment(ref s_count);

    /// <summary>How many were made so far.</summary>
    public static int Count => Volatile.Read(ref s_count);
}

/// <summary>While any of the classes derived from it runs there is one fixture for all of them; when none does, none.</summary>
public abstract class Leases : QemuTest<LeasedVm>
{
    [QemuFact]
    public async Task Of_a_fixture_there_is_one()
    {
        int before = LeasedVm.Count;
        await RomVm.SayAsync(Machine, "leased");
        Assert.InRange(before, 1, 2); // one for both classes; one for each where the first was over when the second began
        Assert.Equal(before, LeasedVm.Count);
    }
}

public sealed class OneLease : Leases;

public sealed class AnotherLease : Leases;
