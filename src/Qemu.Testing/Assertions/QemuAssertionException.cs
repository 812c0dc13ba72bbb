using Qemu.Machine;
using Qemu.Qmp;

namespace Qemu.Testing;

/// <summary>A machine did not do what a test expected. The message says what was expected, what came instead, and how the machine stands.</summary>
public sealed class QemuAssertionException : QemuException, IAssertionException
{
    internal QemuAssertionException(string expected, string actual, QemuMachine machine, Exception? innerException = null)
        : base(
            $"Expected: {expected}{Environment.NewLine}Actual:   {actual}{Environment.NewLine}{Environment.NewLine}{MachineDossier.Describe(machine, from: TestScope.Current?.StartOf(machine))}",
            innerException)
    {
        Expected = expected;
        Actual = actual;
    }

    /// <summary>What the test expected, in words.</summary>
    public string Expected { get; }

    /// <summary>What came instead, in words.</summary>
    public string Actual { get; }
}
