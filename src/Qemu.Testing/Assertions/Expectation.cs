using System.Globalization;
using Qemu.Machine;
using Qemu.Qmp;

namespace Qemu.Testing;

/// <summary>Where what machines do becomes a failed assertion. What a test asks for that cannot be stays an error, and a cancellation a cancellation.</summary>
internal static class Expectation
{
    /// <summary>What is awaited happens.</summary>
    public static async Task<T> HoldsAsync<T>(QemuMachine vm, string expected, Func<Task<T>> act)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (QemuException error) when (error is not QemuConfigurationException)
        {
            throw new QemuAssertionException(expected, Headline(error), vm, error);
        }
    }

    /// <summary>What is watched for does not happen until the time is over, or until QEMU has ended well.</summary>
    /// <param name="vm">The machine.</param>
    /// <param name="expected">What the test expects, in words.</param>
    /// <param name="watch">Ends when it happens, and gives it in words; throws when the time is over.</param>
    public static async Task NeverAsync(QemuMachine vm, string expected, Func<Task<string>> watch)
    {
        string actual;
        try
        {
            actual = await watch().ConfigureAwait(false);
        }
        catch (Exception error) when (error is QemuTimeoutException or QmpTimeoutException or QemuExitedException { End.IsAbnormal: false })
        {
            return;
        }
        catch (QemuException error) when (error is not QemuConfigurationException)
        {
            throw new QemuAssertionException(expected, Headline(error), vm, error);
        }

        throw new QemuAssertionException(expected, actual, vm);
    }

    /// <summary>Log, console and command line follow in the dossier; what QMP and the launch doctor have to say stands only in their exceptions.</summary>
    public static string Headline(QemuException error) => error switch
    {
        QmpException => error.Message,
        QemuLaunchException { Diagnosis: { } diagnosis } => $"{FirstLine(error)}{Environment.NewLine}{diagnosis}",
        QemuTimeoutException timeout => string.Create(CultureInfo.InvariantCulture, $"Waited {timeout.Timeout.TotalSeconds:0.###} s for {timeout.Awaited}."),
        _ => FirstLine(error),
    };

    private static string FirstLine(QemuException error) => error.Message.Split('\n')[0].TrimEnd();
}
