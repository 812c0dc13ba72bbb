using System.Diagnostics;
using System.Reflection;

namespace Tests.Reliability;

/// <summary><c>dotnet test</c> is a tree of processes: whichever of them is killed, the machine goes when the one that owns it goes, and that one does not stay.</summary>
public sealed class DotnetTestDeathTests
{
    private static readonly string s_scenarios =
        typeof(DotnetTestDeathTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static attribute => attribute.Key == "Scenarios").Value!;

    [Theory]
    [InlineData("dotnet test")]
    [InlineData("owner")]
    [InlineData("dotnet test and owner")]
    public async Task Nothing_of_a_run_is_left_when_it_is_killed(string killed)
    {
        Assert.SkipUnless(Programs.Exists("qemu-system-x86_64") && Programs.Exists("dotnet"), "needs qemu-system-x86_64 and dotnet on PATH");
        using var directory = new TestDirectory();
        var family = new MarkedProcesses();
        using Process run = Start(directory, family);
        try
        {
            int owner = await OwnerAsync(directory["held"], family);

            if (killed.Contains("owner", StringComparison.Ordinal))
                ProcessDescriptor.Signal(owner, 9);
            if (killed.Contains("dotnet test", StringComparison.Ordinal))
                run.Kill();

            TimeSpan time = await family.WaitUntilGoneAsync();
            TestContext.Current.TestOutputHelper!.WriteLine($"gone after {time.TotalMilliseconds:0} ms");
        }
        finally
        {
            if (!run.HasExited)
                run.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(TestDirectory directory, MarkedProcesses family)
    {
        var start = new ProcessStartInfo("dotnet", ["test", s_scenarios, "--filter", "FullyQualifiedName~WaitingRoom"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SCENARIO_HOLDS"] = directory["held"];
        start.Environment["XDG_RUNTIME_DIR"] = directory.Path;
        start.Environment["XUNIT_QEMU_ARTIFACTS"] = directory["artifacts"];
        family.Mark(start);
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>The process that runs the tests, once its machine is there; it writes its id.</summary>
    private static async Task<int> OwnerAsync(string file, MarkedProcesses family)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(TimeSpan.FromMinutes(2));
        while (!File.Exists(file) || (await File.ReadAllTextAsync(file, guard.Token)).Length == 0)
            await Task.Delay(20, guard.Token);
        int owner = int.Parse(await File.ReadAllTextAsync(file, guard.Token), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains(owner, family.Find());
        return owner;
    }
}
