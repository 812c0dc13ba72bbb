using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Qemu.Machine;
using Qemu.Qmp;

namespace Qemu.Testing;

/// <summary>
/// Assertions about machines. Each failure is a <see cref="QemuAssertionException"/> with the machine's dossier: state, QEMU's
/// log, the last of its consoles, the command line. Cancellation stays a cancellation.
/// </summary>
public static class QemuAssert
{
    private const string Reflection = "Reads the properties of an arbitrary object. Pass a pattern or a command made without one.";

    /// <summary>Launches a machine that must not start, with a text that QEMU must have said.</summary>
    /// <param name="vm">A machine that is not running.</param>
    /// <param name="output">Must be contained in what QEMU wrote, or in the message where it never ran.</param>
    /// <param name="cancellationToken">Ends the launch.</param>
    /// <returns>The failure, for further questions.</returns>
    /// <exception cref="QemuAssertionException">It launched (and was ended again), or failed in another way.</exception>
    public static Task<QemuLaunchException> LaunchFailsAsync(QemuMachine vm, string output, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        return LaunchFailsAsync(vm, $"\"{output}\"", text => text.Contains(output, StringComparison.Ordinal), cancellationToken);
    }

    /// <summary>Launches a machine that must not start, with words of QEMU that match an expression.</summary>
    /// <inheritdoc cref="LaunchFailsAsync(QemuMachine, string, CancellationToken)"/>
    public static Task<QemuLaunchException> LaunchFailsAsync(QemuMachine vm, Regex output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        return LaunchFailsAsync(vm, $"/{output}/", output.IsMatch, cancellationToken);
    }

    /// <summary>Launches a machine.</summary>
    /// <exception cref="QemuAssertionException">It did not launch.</exception>
    public static Task LaunchesAsync(QemuMachine vm, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return Expectation.HoldsAsync(vm, "the machine launches", async () =>
        {
            await vm.LaunchAsync(cancellationToken).ConfigureAwait(false);
            return true;
        });
    }

    /// <summary>Waits until the first console shows a text or matches an expression, as <see cref="QemuConsole.WaitForAsync(ConsolePattern, TimeSpan?, ConsoleMark?, CancellationToken)"/> does.</summary>
    /// <exception cref="QemuAssertionException">It did not come in time, or QEMU ended without it.</exception>
    public static Task<ConsoleMatch> ConsoleShowsAsync(
        QemuMachine vm,
        ConsolePattern pattern,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return Expectation.HoldsAsync(vm, $"the console shows {pattern}", () => vm.Console.WaitForAsync(pattern, timeout, from: null, cancellationToken));
    }

    /// <summary>Watches the first console for a while, in which a text or expression must not show; what came earlier in the test and was not waited for counts.</summary>
    /// <param name="vm">A running machine. It may end meanwhile, if it ends well.</param>
    /// <param name="pattern">What must not show.</param>
    /// <param name="within">How long to watch; the assertion takes as long when it holds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QemuAssertionException">It showed, or QEMU crashed or failed.</exception>
    public static Task ConsoleNeverShowsAsync(QemuMachine vm, ConsolePattern pattern, TimeSpan within, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return Expectation.NeverAsync(
            vm,
            $"the console never shows {pattern}",
            async () => $"it showed \"{(await vm.Console.WaitForAsync(pattern, within, from: null, cancellationToken).ConfigureAwait(false)).Text}\"");
    }

    /// <summary>Waits for a QMP event; one that came earlier in the test counts.</summary>
    /// <exception cref="QemuAssertionException">It did not come in time, or QEMU ended without it.</exception>
    public static Task<QmpEvent> EventAsync(QemuMachine vm, string name, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        EventAsync(vm, new QmpEventPattern(name), timeout, cancellationToken);

    /// <summary>Waits for a QMP event, 30 s at most, scaled by the settings; one that came earlier in the test counts.</summary>
    /// <inheritdoc cref="EventAsync(QemuMachine, string, TimeSpan?, CancellationToken)"/>
    public static Task<QmpEvent> EventAsync(QemuMachine vm, string name, CancellationToken cancellationToken) =>
        EventAsync(vm, new QmpEventPattern(name), timeout: null, cancellationToken);

    /// <summary>Waits for a QMP event whose data matches the properties of an object: <c>new { guest = false }</c>.</summary>
    /// <inheritdoc cref="EventAsync(QemuMachine, string, TimeSpan?, CancellationToken)"/>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public static Task<QmpEvent> EventAsync(
        QemuMachine vm,
        string name,
        object match,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        EventAsync(vm, new QmpEventPattern(name, match), timeout, cancellationToken);

    /// <summary>Waits for a QMP event that matches a pattern.</summary>
    /// <inheritdoc cref="EventAsync(QemuMachine, string, TimeSpan?, CancellationToken)"/>
    public static Task<QmpEvent> EventAsync(
        QemuMachine vm,
        QmpEventPattern pattern,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return Expectation.HoldsAsync(vm, $"the event {pattern}", () => vm.Events.WaitAnyAsync([pattern], timeout, cancellationToken));
    }

    /// <summary>Watches for a while, in which a QMP event must not come; one that came earlier in the test and was not waited for counts.</summary>
    /// <param name="vm">A running machine. It may end meanwhile, if it ends well.</param>
    /// <param name="name">The event's name.</param>
    /// <param name="within">How long to watch; the assertion takes as long when it holds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QemuAssertionException">It came, or QEMU crashed or failed.</exception>
    public static Task NoEventAsync(QemuMachine vm, string name, TimeSpan within, CancellationToken cancellationToken = default) =>
        NoEventAsync(vm, new QmpEventPattern(name), within, cancellationToken);

    /// <summary>Watches for a while, in which no QMP event may come that matches a pattern.</summary>
    /// <inheritdoc cref="NoEventAsync(QemuMachine, string, TimeSpan, CancellationToken)"/>
    public static Task NoEventAsync(QemuMachine vm, QmpEventPattern pattern, TimeSpan within, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return Expectation.NeverAsync(
            vm,
            $"no event {pattern}",
            async () => $"it came: {await vm.Events.WaitAnyAsync([pattern], within, cancellationToken).ConfigureAwait(false)}");
    }

    /// <summary>Does something to a machine that must make its guest panic. Meanwhile the panic is allowed, and for this test only.</summary>
    /// <param name="vm">A running machine. It is broken afterwards: a fixture's is started anew for the next test.</param>
    /// <param name="title">What the panic's title or trace must hold.</param>
    /// <param name="provoke">What brings it about; its token is cancelled at the panic, for a command that never returns: <c>token => vm.Shell.RunAsync("echo c >/proc/sysrq-trigger", cancellationToken: token)</c>.</param>
    /// <param name="timeout">How long the panic may take; null: 30 s, scaled by the settings.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The panic, with its trace.</returns>
    /// <exception cref="QemuAssertionException">There was none in time, or another one, or QEMU ended without.</exception>
    public static Task<GuestPanic> PanicsAsync(
        QemuMachine vm,
        string title,
        Func<CancellationToken, Task> provoke,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vm);
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(provoke);
        return Expectation.HoldsAsync(vm, $"the guest panics with \"{title}\"", () => ProvokedPanic.WaitAsync(vm, title, provoke, timeout, cancellationToken));
    }

    /// <summary>Waits for a panic that comes by itself; it must come after this was called.</summary>
    /// <inheritdoc cref="PanicsAsync(QemuMachine, string, Func{CancellationToken, Task}, TimeSpan?, CancellationToken)"/>
    public static Task<GuestPanic> PanicsAsync(QemuMachine vm, string title, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        PanicsAsync(vm, title, static _ => Task.CompletedTask, timeout, cancellationToken);

    /// <summary>QEMU is running.</summary>
    /// <exception cref="QemuAssertionException">It was not launched, or has ended.</exception>
    public static void IsRunning(QemuMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        if (!vm.IsRunning)
            throw new QemuAssertionException("the machine is running", MachineDossier.State(vm), vm);
    }

    /// <summary>A command in the guest ended with exit code 0.</summary>
    /// <param name="result">Its result.</param>
    /// <param name="vm">The machine it ran on, for the dossier; null: all that the test uses.</param>
    /// <returns>The result itself.</returns>
    /// <exception cref="QemuAssertionException">It ended otherwise; the message shows what it wrote.</exception>
    public static ShellResult Succeeded(ShellResult result, QemuMachine? vm = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Succeeded ? result : throw new QemuAssertionException($"`{result.Command}` succeeds", result.ToString(), vm);
    }

    /// <summary>Waits until the guest has powered itself off and QEMU has ended cleanly.</summary>
    /// <returns>How it ended.</returns>
    /// <exception cref="QemuAssertionException">It did not power off in time (and was ended), or QEMU failed or crashed.</exception>
    public static Task<MachineEnd> ShutsDownAsync(QemuMachine vm, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return Expectation.HoldsAsync(vm, "the guest shuts down", async () =>
        {
            await vm.WaitForShutdownAsync(timeout, cancellationToken).ConfigureAwait(false);
            return vm.End ?? throw new QemuConfigurationException($"Machine {vm.Name} was never launched: there is no guest to shut down.");
        });
    }

    /// <summary>Executes a QMP command that QEMU must refuse with a text in its description.</summary>
    /// <param name="vm">A running machine.</param>
    /// <param name="command">The command.</param>
    /// <param name="description">Must be contained in QEMU's words, or be its error class.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The refusal.</returns>
    /// <exception cref="QemuAssertionException">The command succeeded, failed in another way, or was not answered.</exception>
    public static Task<QmpCommandException> QmpFailsAsync(
        QemuMachine vm,
        QmpCommand command,
        string description,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vm);
        ArgumentNullException.ThrowIfNull(command);
        return ExpectRefusalAsync(vm, command, description, cancellationToken);
    }

    /// <summary>Executes a QMP command without arguments that QEMU must refuse.</summary>
    /// <inheritdoc cref="QmpFailsAsync(QemuMachine, QmpCommand, string, CancellationToken)"/>
    public static Task<QmpCommandException> QmpFailsAsync(
        QemuMachine vm,
        string command,
        string description,
        CancellationToken cancellationToken = default) =>
        QmpFailsAsync(vm, new QmpCommand(command), description, cancellationToken);

    /// <summary>Executes a QMP command whose arguments are an object's properties and that QEMU must refuse.</summary>
    /// <param name="vm">A running machine.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="arguments">Its arguments: <c>new { driver = "nonsense" }</c>.</param>
    /// <param name="description">Must be contained in QEMU's words, or be its error class.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="QmpFailsAsync(QemuMachine, QmpCommand, string, CancellationToken)"/>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public static Task<QmpCommandException> QmpFailsAsync(
        QemuMachine vm,
        string command,
        object arguments,
        string description,
        CancellationToken cancellationToken = default) =>
        QmpFailsAsync(vm, QmpCommand.Create(command, arguments), description, cancellationToken);

    private static async Task<QemuLaunchException> LaunchFailsAsync(
        QemuMachine vm,
        string pattern,
        Func<string, bool> isExpected,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(vm);
        string expected = $"the launch fails with {pattern}";
        try
        {
            await vm.LaunchAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (QemuLaunchException error) when (isExpected(error.Output.Length > 0 ? error.Output : error.Message))
        {
            return error;
        }
        catch (QemuLaunchException error)
        {
            throw new QemuAssertionException(expected, $"it failed otherwise. {Expectation.Headline(error)}", vm, error);
        }

        var failure = new QemuAssertionException(expected, "it launched", vm);
        await vm.KillAsync().ConfigureAwait(false);
        throw failure;
    }

    private static async Task<QmpCommandException> ExpectRefusalAsync(
        QemuMachine vm,
        QmpCommand command,
        string description,
        CancellationToken cancellationToken)
    {
        string expected = $"QMP refuses '{command}' with \"{description}\"";
        QmpResponse response = await Expectation.HoldsAsync(vm, expected, () => vm.Qmp.SendAsync(command, cancellationToken)).ConfigureAwait(false);
        try
        {
            string result = response.GetReturnOrThrow(command.Name).GetRawText();
            throw new QemuAssertionException(expected, $"it was executed and returned {result}", vm);
        }
        catch (QmpCommandException error) when (IsExpected(error, description))
        {
            return error;
        }
        catch (QmpCommandException error)
        {
            throw new QemuAssertionException(expected, error.Message, vm, error);
        }
    }

    private static bool IsExpected(QmpCommandException error, string description) =>
        error.Description.Contains(description, StringComparison.Ordinal) || string.Equals(error.ErrorClass, description, StringComparison.Ordinal);
}
