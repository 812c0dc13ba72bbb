using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Evidence;

public sealed class CaptureEvidenceTests : IDisposable
{
    private readonly TestRun _run = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("captures-");

    public void Dispose()
    {
        _run.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task Captures_of_a_failed_test_are_among_its_artefacts()
    {
        TestScope scope = _run.Enter();
        string ofSegment = Path.Combine(_directory.FullName, "segment.pcap");
        string ofCard = Path.Combine(_directory.FullName, "card.pcap");
        string gone = Path.Combine(_directory.FullName, "gone.pcap");
        await using var segment = new QemuNetwork();
        await using QemuMachine vm = TestRun.Rom().WithNetwork(segment, device: "e1000").Build();
        await vm.StartAsync(scope.CancellationToken);
        using IDisposable first = segment.CaptureTo(ofSegment);
        await using PacketCapture second = await vm.Network.CaptureAsync(ofCard);
        segment.CaptureTo(gone).Dispose();
        File.Delete(gone);

        await scope.EndAsync(failed: true);

        Assert.Equal(File.ReadAllBytes(ofCard), File.ReadAllBytes(Path.Combine(scope.ArtifactDirectory, "card.pcap")));
        Assert.Equal(24, new FileInfo(Path.Combine(scope.ArtifactDirectory, "segment.pcap")).Length);
        Assert.False(File.Exists(Path.Combine(scope.ArtifactDirectory, "gone.pcap")));
    }

    [Fact(Timeout = 120_000)]
    public async Task Captures_of_one_name_do_not_replace_each_other()
    {
        TestScope scope = _run.Enter();
        string one = Path.Combine(_directory.CreateSubdirectory("one").FullName, "net.pcap");
        string two = Path.Combine(_directory.CreateSubdirectory("two").FullName, "net.pcap");
        await using var segment = new QemuNetwork();
        await using QemuMachine vm = TestRun.Rom().WithNetwork(segment, device: "e1000").Build();
        await vm.StartAsync(scope.CancellationToken);
        segment.CaptureTo(one).Dispose();
        segment.CaptureTo(two).Dispose();
        segment.CaptureTo(two).Dispose();
        await File.AppendAllTextAsync(one, "one", scope.CancellationToken);

        await scope.EndAsync(failed: true);

        Assert.Equal(["net-2.pcap", "net.pcap"], Directory.GetFiles(scope.ArtifactDirectory, "net*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(27, new FileInfo(Path.Combine(scope.ArtifactDirectory, "net.pcap")).Length);
        Assert.Equal(24, new FileInfo(Path.Combine(scope.ArtifactDirectory, "net-2.pcap")).Length);
    }

    [Fact(Timeout = 120_000)]
    public async Task Captures_of_a_passed_test_are_its_own_business()
    {
        TestScope scope = _run.Enter();
        string path = Path.Combine(_directory.FullName, "segment.pcap");
        await using var segment = new QemuNetwork();
        await using QemuMachine vm = TestRun.Rom().WithNetwork(segment, device: "e1000").Build();
        await vm.StartAsync(scope.CancellationToken);
        segment.CaptureTo(path).Dispose();

        await scope.EndAsync(failed: false);

        Assert.True(File.Exists(path));
        Assert.False(Directory.Exists(scope.ArtifactDirectory));
    }
}
