using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>
/// What the classes derived from <see cref="QemuTest{T}"/> share while any of them runs: what the machine is made of, said once
/// for all of them. xUnit.net makes it; tests need not know of it.
/// </summary>
/// <typeparam name="T">The fixture that says what the machine is made of.</typeparam>
public sealed class QemuTemplateLease<T> : IAsyncLifetime
    where T : QemuMachineFixture, new()
{
    private static readonly Lock s_gate = new();
    private static readonly HashSet<OwnMachine> s_machines = [];
    private static T? s_fixture;
    private static int s_leases;

    internal static MachineHost Host
    {
        get
        {
            lock (s_gate)
                return (s_fixture ?? throw new InvalidOperationException($"No class that uses {typeof(T).Name} is running.")).Host;
        }
    }

    async LifetimeTask IAsyncLifetime.InitializeAsync()
    {
        await Task.CompletedTask.ConfigureAwait(false); // nothing starts here: no machine boots that no test uses

        lock (s_gate)
        {
            s_fixture ??= new T();
            s_leases++;
        }
    }

    /// <summary>A test that uses this machine has begun.</summary>
    internal static void Enter(OwnMachine machine)
    {
        lock (s_gate)
            s_machines.Add(machine);
    }

    /// <summary>The test has ended, and its machine with it.</summary>
    internal static void Leave(OwnMachine machine)
    {
        lock (s_gate)
            s_machines.Remove(machine);
    }

    async LifetimeTask LifetimeEnd.DisposeAsync()
    {
        T? last = null;
        OwnMachine[] forgotten = [];
        lock (s_gate)
        {
            if (--s_leases == 0)
            {
                (last, s_fixture) = (s_fixture, null);
                forgotten = [.. s_machines];
                s_machines.Clear();
            }
        }

        foreach (OwnMachine machine in forgotten)
            await machine.DisposeForgottenAsync().ConfigureAwait(false);
        if (last is not null)
            await ((LifetimeEnd)last).DisposeAsync().ConfigureAwait(false);
    }
}
