using System.Net;
using System.Net.Sockets;
using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>Real failing launches, each with the diagnosis that it must get.</summary>
public sealed class LaunchCorpusTests(CorpusFiles files) : IClassFixture<CorpusFiles>
{
    public static TheoryData<string, string> Launches()
    {
        var data = new TheoryData<string, string>();
        foreach (string version in CorpusQemu.Versions)
        {
            foreach (FailingLaunch launch in LaunchCorpus.All)
                data.Add(version, launch.Arguments);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Launches))]
    public async Task Launch_gets_its_diagnosis_when_it_fails(string version, string arguments)
    {
        FailingLaunch launch = LaunchCorpus.All.Single(launch => launch.Arguments == arguments);
        using var taken = new TcpListener(IPAddress.Loopback, port: 0);
        taken.Start();
        string Expand(string text) => text
            .Replace("{dir}", files.Root, StringComparison.Ordinal)
            .Replace("{port}", ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{long}", new string('a', 120), StringComparison.Ordinal);
        string? rule = launch.RuleFor(version);

        await using QemuMachine machine = new QemuMachineBuilder(CorpusQemu.Binary(version))
            .WithArguments("-S")
            .WithArguments(arguments.Split(' ').Select(Expand))
            .Build();
        if (rule == FailingLaunch.Starts)
        {
            await machine.LaunchAsync(TestContext.Current.CancellationToken);
            return;
        }

        var error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync(TestContext.Current.CancellationToken));

        if (error.Diagnosis?.Rule != rule)
            Assert.Fail($"expected the rule {rule ?? "(none)"}, got {error.Diagnosis?.Rule ?? "(none)"}:\n{error.Message}");
        if (rule is null)
            return;
        if (!error.Diagnosis!.ToString().Contains(Expand(launch.Says), StringComparison.Ordinal))
            Assert.Fail($"expected \"{Expand(launch.Says)}\" in\n{error.Message}");
        foreach (string line in error.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3))
            Assert.Contains(line, error.Message, StringComparison.Ordinal);
    }
}
