using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Qemu.Machine;

/// <summary>
/// Runs commands in the guest through a shell that stands on one of its consoles, without any agent: busybox ash, bash,
/// dash and other POSIX shells, with the tools <c>base64</c> and <c>head</c>, and <c>stty</c>, <c>tee</c> and <c>sha256sum</c>
/// where they are there. Thread-safe: concurrent calls queue.
/// </summary>
/// <remarks>
/// Each command gets a shell of its own: directories and variables do not carry over. It ends when all have closed the
/// standard output and error that it was given, so a program that is to stay in the background needs them redirected.
/// </remarks>
public sealed partial class GuestShell
{
    /// <summary>How long the prompt may take to react before it is tried again; it doubles each time.</summary>
    private static readonly TimeSpan s_firstAttempt = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly QemuMachine _machine;
    private readonly GuestWaits _waits;
    private bool _unsynchronised;

    internal GuestShell(QemuMachine machine, QemuConsole console, GuestWaits waits)
    {
        _machine = machine;
        _waits = waits;
        Console = console;
    }

    /// <summary>The console that the shell types to.</summary>
    public QemuConsole Console { get; }

    /// <summary>Runs a command and waits for its end.</summary>
    /// <param name="command">A shell command, of one or more lines, up to 16 KiB.</param>
    /// <param name="timeout">The deadline, from the moment when it is this command's turn; null: 30 s, scaled by the settings.</param>
    /// <param name="options">Input, environment and the like.</param>
    /// <param name="cancellationToken">Ends the wait. The command runs on until the next call, which kills it.</param>
    /// <exception cref="ArgumentException">The command, quoted and with its environment, is longer than 16 KiB; or no shell knows a variable of such a name.</exception>
    /// <exception cref="QemuTimeoutException">No shell answered, or the command did not end in time; the message shows the last of the console. The next call kills the command first.</exception>
    /// <exception cref="QemuExitedException">QEMU ended meanwhile, as it does when the command powers the guest off.</exception>
    /// <exception cref="GuestPanicException">The guest panicked.</exception>
    /// <exception cref="GuestShellException">The guest lacks a tool, or something else wrote into the output.</exception>
    public async Task<ShellResult> RunAsync(
        string command,
        TimeSpan? timeout = null,
        ShellRunOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        options ??= ShellRunOptions.Default;
        string nonce = NewNonce();
        IReadOnlyList<string> script = ShellScript.Compose(command, nonce, options);
        await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        ConsoleMark start = Console.Mark;
        try
        {
            return await _waits.RunAsync(
                $"the command `{command}` in the guest of machine {_machine.Name}, on console {Console.Number}{Advice(command)}",
                timeout,
                token => ConverseAsync(command, script, nonce, options, token),
                () => Console.Excerpt(start),
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Types a line to the console and returns: for commands that end the shell or the guest. It waits for its turn, not for the command.</summary>
    /// <exception cref="QemuExitedException">QEMU ended.</exception>
    public async Task SendLineAsync(string line, CancellationToken cancellationToken = default)
    {
        await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Console.SendLineAsync(line, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static string Advice(string command) => Background().IsMatch(command)
        ? ", which lasts until what it left in the background has closed its output too: redirect that, as in `program >/dev/null 2>&1 &`"
        : "";

    [GeneratedRegex(@"(?<![&<>|\\])&(?=\s|$|[);}])", RegexOptions.CultureInvariant)]
    private static partial Regex Background();

    private static string NewNonce() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    private Task<bool> TakeTurnAsync(CancellationToken cancellationToken) => _waits.RunAsync(
        "the shell's turn",
        Timeout.InfiniteTimeSpan,
        async token =>
        {
            await _turn.WaitAsync(token).ConfigureAwait(false);
            return true;
        },
        () => null,
        cancellationToken);

    private async Task<ShellResult> ConverseAsync(
        string command,
        IReadOnlyList<string> script,
        string nonce,
        ShellRunOptions options,
        CancellationToken cancellationToken)
    {
        var conversation = new ShellConversation(Console);
        bool interrupted = _unsynchronised;
        _unsynchronised = true; // until the end is seen
        await OpenAsync(conversation, script, interrupted, cancellationToken).ConfigureAwait(false);
        conversation.Expect(nonce);
        await SendLinesAsync(script, cancellationToken).ConfigureAwait(false);
        await ExpectAsync(conversation, ShellScript.Begin, before: null, cancellationToken).ConfigureAwait(false);

        var output = new BoundedOutput(command, options.MaximumOutput);
        if (options.Input is { } input)
            await FeedAsync(conversation, input, output, cancellationToken).ConfigureAwait(false);
        await ExpectAsync(conversation, ShellScript.End, output, cancellationToken).ConfigureAwait(false);
        var summary = new ArrayBufferWriter<byte>();
        await ExpectAsync(conversation, ShellScript.Final, summary, cancellationToken).ConfigureAwait(false);
        _unsynchronised = false;
        return ShellOutput.Parse(command, output.Written, summary.WrittenSpan, options.Encoding);
    }

    /// <summary>
    /// Gets the attention of whatever shell stands on the console. A line that was typed before anybody read the console is
    /// lost, so it is typed again, and what may stand in the way is stopped and killed.
    /// </summary>
    private async Task OpenAsync(ShellConversation conversation, IReadOnlyList<string> script, bool interrupt, CancellationToken cancellationToken)
    {
        TimeSpan patience = s_firstAttempt;
        for (int attempt = 0; ; attempt++, patience *= 2)
        {
            bool clear = interrupt || attempt > 0;
            string nonce = NewNonce();
            conversation.Expect(nonce);
            await Console.SendBytesAsync(
                Encoding.ASCII.GetBytes((clear ? ShellScript.Clear : ShellScript.EraseLine) + ShellScript.Opening(nonce, script, clear) + "\n"),
                cancellationToken).ConfigureAwait(false);

            using var limit = new CancellationTokenSource(patience, _waits.TimeProvider);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                if (await conversation.NextAsync(before: null, linked.Token).ConfigureAwait(false) == ShellScript.Go)
                    return;
                throw new GuestShellException($"The guest of machine {_machine.Name} has no base64 program, which running commands over the console needs.");
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // Nobody read the line, or not yet: again.
            }
        }
    }

    private async Task FeedAsync(ShellConversation conversation, Stream input, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[ShellScript.InputChunk];
        while (await input.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            IReadOnlyList<string> lines = ShellScript.Lines(chunk.AsSpan(0, count));
            await SendLinesAsync([lines.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), .. lines], cancellationToken).ConfigureAwait(false);
            char answer = await conversation.NextAsync(output, cancellationToken).ConfigureAwait(false);
            if (answer == ShellScript.InputRefused)
                return;
            Require(answer, ShellScript.InputTaken);
        }

        await SendLinesAsync(["0"], cancellationToken).ConfigureAwait(false);
    }

    private async Task ExpectAsync(ShellConversation conversation, char letter, IBufferWriter<byte>? before, CancellationToken cancellationToken) =>
        Require(await conversation.NextAsync(before, cancellationToken).ConfigureAwait(false), letter);

    private void Require(char letter, char expected)
    {
        if (letter != expected)
            throw new GuestShellException($"The script in the guest of machine {_machine.Name} went astray: it was to say {expected} and said {letter}. Something else reads or writes console {Console.Number}.");
    }

    private Task SendLinesAsync(IReadOnlyList<string> lines, CancellationToken cancellationToken) =>
        Console.SendBytesAsync(Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n"))), cancellationToken);
}
