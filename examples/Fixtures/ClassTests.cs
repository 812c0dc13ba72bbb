using Xunit;
using Xunit.Qemu;

namespace Fixtures;

public sealed class ClassTests(Pc pc) : IClassFixture<Pc>
{
    [QemuFact]
    public async Task Machine_runs() =>
        Assert.True((await pc.Machine.Qmp.ExecuteAsync("query-status")).GetProperty("running").GetBoolean());
}
