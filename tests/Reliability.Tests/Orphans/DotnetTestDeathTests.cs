using System.Diagnostics;
using System.Reflection;

namespace Tests.Reliability;

/// <summary><c>dotnet test</c> is a tree of processes: the machine goes with the one that owns it. What else stays is the test platform's own affair.</summary>
public sealed class DotnetTestDeathTests
{
    private static readonly string s_scenarios =
        typeof(DotnetTestDeathTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static attribute => attribute.Key == "Scenarios").Value!;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Machine_is_gone_when_its_run_is_killed(bool withDotnetTest)
    {
        Assert.SkipUnless(Programs.Exists("qemu-system-x86_64") && Programs.Exists("dotnet"), "needs qemu-system-x86_64 and dotnet on PATH");
        using var directory = new TestDirectory();
        var family = new MarkedProcesses();
        using Process run = Start(directory, family);
        try
        {
            int owner = await OwnerAsync(directory["held"], family);

            int[] machines = [.. family.Find().Where(static process => IsMachine(process))];
            Assert.NotEmpty(machines);

            if (withDotnetTest)
                run.Kill();
            Kill(owner);

            Assert.All(machines, static process => Assert.True(ProcessDescriptor.WaitForExit(process, TimeSpan.FromSeconds(15)), "The machine outlived its owner."));
        }
        finally
        {
            foreach (int process in family.Find())
                Kill(process);
        }
    }

    private static bool IsMachine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").StartsWith("/usr/bin/qemu-system", StringComparison.Ordinal)
                || File.ReadAllText($"/proc/{process}/comm").StartsWith("qemu-system", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // gone meanwhile
        }
    }

    private static void Kill(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            found.Kill();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Gone meanwhile.
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
