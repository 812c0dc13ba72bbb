using Qemu.Machine;
using Qemu.Qmp;

namespace Qemu.Testing;

/// <summary>A machine did not do what a test expected. The message says what was expected, what came instead, and how the machine stands.</summary>
public sealed class QemuAssertionException : QemuException, IAssertionException
{
    /// <param name="expected">What the test expected.</param>
    /// <param name="actual">What came instead.</param>
    /// <param name="machine">Whose dossier is shown; null: all machines of the running test.</param>
    /// <param name="innerException">What the machine threw.</param>
    internal QemuAssertionException(string expected, string actual, QemuMachine? machine, Exception? innerException = null)
        : base(
            $"Expected: {expected}{Environment.NewLine}Actual:   {actual}{Dossiers(machine is null ? TestScope.Current?.Machines ?? [] : [machine])}",
            innerException)
    {
        Expected = expected;
        Actual = actual;
    }

    /// <summary>What the test expected, in words.</summary>
    public string Expected { get; }

    /// <summary>What came instead, in words.</summary>
    public string Actual { get; }

    private static string Dossiers(IEnumerable<QemuMachine> machines) => string.Concat(machines.Select(machine =>
        $"{Environment.NewLine}{Environment.NewLine}{MachineDossier.Describe(machine, from: TestScope.Current?.StartOf(machine))}"));
}
