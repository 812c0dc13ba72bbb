using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Concurrency;

/// <summary>Launches, ends of every kind and a dying QEMU, at random moments from several tasks: each life ends once, with one cause, and nothing hangs or stays.</summary>
public sealed class InterleavingTests
{
    public enum Deed
    {
        Launch,
        Shutdown,
        ShutdownWithoutPatience,
        Kill,
        Crash,
        Quit,
        Wait,
        Dispose,
    }

    [Fact(Timeout = 600_000)]
    public Task Any_interleaving_ends_once_with_one_cause() => RunAsync(25);

    [Fact(Timeout = 3_600_000)]
    [Trait("Category", "Soak")]
    public Task Any_interleaving_ends_once_with_one_cause_many_times() => RunAsync(1000);

    private static Task RunAsync(int runs)
    {
        Gen<Deed> steps = Gen.Frequency(
            (4, Gen.Constant(Deed.Launch)),
            (1, Gen.Constant(Deed.Dispose)),
            (6, Gen.Elements(Deed.Shutdown, Deed.ShutdownWithoutPatience, Deed.Kill, Deed.Crash, Deed.Quit, Deed.Wait)));
        Gen<(Deed, int)> timed = steps.SelectMany(step => Gen.Choose(0, 60).Select(delay => (step, delay)));
        Arbitrary<(Deed Deed, int Delay)[][]> plans = Arb.From(timed.ArrayOf(4).ArrayOf(3));
        Property property = Prop.ForAll(plans, plan => Task.Run(() => ObeyAsync(plan)).Wait(TimeSpan.FromMinutes(3)));

        // The property runs synchronously, as FsCheck wants it: away from the test runner's threads.
        return Task.Factory.StartNew(
            () => property.Check(Config.QuickThrowOnFailure.WithMaxTest(runs)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private static async Task ObeyAsync((Deed Deed, int Delay)[][] plan)
    {
        using var root = new TempRoot();
        string mark = Path.GetFileName(root.Path);
        QemuMachine machine = Machines.Empty().WithConsole().WithTempRoot(root.Path).WithArguments("-name", mark).Build();
        var ends = new ConcurrentBag<MachineEnd>();
        await machine.LaunchAsync();

        await Task.WhenAll(plan.Select(actor => Task.Run(async () =>
        {
            foreach ((Deed step, int delay) in actor)
            {
                await Task.Delay(delay);
                await DoAsync(machine, step, ends);
            }
        })));
        await machine.DisposeAsync();
        await machine.DisposeAsync();

        Assert.False(machine.IsRunning);
        Assert.NotNull(machine.End);
        Assert.All(ends.GroupBy(end => end, ReferenceEqualityComparer.Instance).Select(group => group.First()), end => Assert.True(end.ExitCode is null != end.TerminatingSignal is null));
        Assert.Empty(root.Content);
        Assert.Empty(ProcessTable.WithArgument(mark));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => machine.LaunchAsync());
    }

    private static async Task DoAsync(QemuMachine machine, Deed step, ConcurrentBag<MachineEnd> ends)
    {
        try
        {
            Task task = step switch
            {
                Deed.Launch => machine.LaunchAsync(),
                Deed.Shutdown => machine.ShutdownAsync(),
                Deed.ShutdownWithoutPatience => machine.ShutdownAsync(TimeSpan.FromMilliseconds(1)),
                Deed.Kill => machine.KillAsync(),
                Deed.Quit => machine.Qmp.ExecuteAsync("quit"),
                Deed.Wait => machine.Console.WaitForAsync("never", TimeSpan.FromMilliseconds(100)),
                Deed.Dispose => machine.DisposeAsync().AsTask(),
                _ => Task.Run(() => Crash(machine)),
            };
            await task;
        }
        catch (Exception error)
        {
            // Every way in which such a step may fail; anything else is a fault.
            switch (error)
            {
                case AbnormalShutdownException abnormal:
                    ends.Add(abnormal.End);
                    break;
                case QemuExitedException exited:
                    ends.Add(exited.End);
                    break;
                case QemuLaunchException:
                case QemuTimeoutException when step == Deed.Wait:
                case QemuConfigurationException when step == Deed.Quit: // between two launches there is no session
                case InvalidOperationException when step == Deed.Launch: // launched already, or disposed of
                    break;
                default:
                    throw;
            }
        }
    }

    private static void Crash(QemuMachine machine)
    {
        if (machine.ProcessId is { } process)
            _ = ProcessTable.TrySignal(process, ProcessTable.SigKill);
    }
}
