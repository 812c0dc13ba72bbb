using Xunit;
using Xunit.Qemu;

namespace Fixtures;

[CollectionDefinition("one PC")]
public sealed class OnePc : ICollectionFixture<Pc>;

[Collection("one PC")]
public sealed class FirstTests(Pc pc)
{
    [QemuFact]
    public void Machine_is_there() => Assert.True(pc.Machine.IsRunning);
}

[Collection("one PC")]
public sealed class SecondTests(Pc pc)
{
    [QemuFact]
    public void Machine_is_still_there() => Assert.True(pc.Machine.IsRunning);
}
