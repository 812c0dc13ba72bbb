using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

/// <summary>On a file system of 64 KiB, which needs root and leave to mount.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TestRun _run = new();
    private readonly FakeReport _report = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Full_disk_fails_no_passing_test_and_hides_no_failure(bool failed)
    {
        using var disk = new TestDisk(_run.Artifacts, "size=64k");
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync();
        await vm.Console.SendLineAsync("flood 200000");
        await vm.Console.WaitForAsync(TestRom.FloodDone, TimeSpan.FromMinutes(2));
        _report.TestFailure = failed ? new TestFailure("X", "why it failed", "") : null;

        await scope.EndAsync(failed);

        if (failed)
        {
            Assert.EndsWith($"{TestRom.FloodDone}\n", _report.Attachments["vm-console"], StringComparison.Ordinal);
            Assert.Contains(_report.Warnings, warning => warning.StartsWith("Evidence is incomplete: ", StringComparison.Ordinal));
        }
        else
        {
            Assert.Empty(_report.Warnings);
            Assert.Empty(_report.Attachments);
        }
    }
}
