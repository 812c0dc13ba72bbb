using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Qemu.Machine;

/// <summary>
/// What is sent to the guest for one command: a short line for whatever shell stands at the prompt, and the script that it
/// reads next, which runs the command and frames what comes of it.
/// </summary>
/// <remarks>
/// The line is short because line editors cut long ones (busybox: 1,023 characters), and the script is base64 because
/// it then passes any terminal. Nothing of it outlives the command: no file, no variable, no function in the guest.
/// </remarks>
internal static partial class ShellScript
{
    /// <summary>Safely below what the kernel buffers for a terminal that nobody reads yet.</summary>
    public const int MaximumCommandLength = 16 * 1024;

    /// <summary>Characters a line of base64: below the 4,095 that a terminal takes as one line.</summary>
    private const int LineLength = 2048;

    /// <summary>Input bytes that travel before the guest says that it took them: below what the kernel buffers for a terminal.</summary>
    public const int InputChunk = 24 * 1024;

    /// <summary>Ctrl-U: rids the prompt of a half-typed line.</summary>
    public const string EraseLine = "\u0015";

    /// <summary>
    /// Ctrl-Z, then a kill of what it stopped. Ctrl-C would do less: commands ignore it, and busybox's shell stops reading
    /// its terminal after one when it was started with SIGINT ignored, as scripts start background jobs.
    /// </summary>
    public const string Clear = "\u001A\u0015 kill -9 %% 2>/dev/null;";

    public const char Go = 'G';
    public const char Incapable = 'N';
    public const char Begin = 'B';
    public const char End = 'E';
    public const char Final = 'F';
    public const char InputTaken = 'A';
    public const char InputRefused = 'C';

    /// <summary>The line to type at the prompt.</summary>
    public static string Opening(string nonce, IReadOnlyList<string> script, bool repairTerminal)
    {
        string repair = repairTerminal ? "stty sane;" : "";
        return " sh -c '" + repair + "s=$(stty -g);stty -echo -opost;command -v base64 >/dev/null&&g=G||g=N;"
            + $"printf \"\\036%s%s\\n\" $g {nonce};"
            + string.Create(CultureInfo.InvariantCulture, $"eval \"$(head -n {script.Count}|base64 -d)\"' 2>/dev/null");
    }

    /// <summary>The script, as lines of base64.</summary>
    public static IReadOnlyList<string> Compose(string command, string nonce, ShellRunOptions options)
    {
        string setUp = string.Concat(options.Environment.OrderBy(variable => variable.Key, StringComparer.Ordinal).Select(Export))
            + (options.WorkingDirectory is { } directory ? $"cd {ShellQuoting.Quote(directory)} || exit\n" : "");
        string run = $"{ShellQuoting.Quote(options.Interpreter)} -c {ShellQuoting.Quote(command)}";
        int length = Encoding.UTF8.GetByteCount(setUp) + Encoding.UTF8.GetByteCount(run);
        if (length > MaximumCommandLength)
        {
            throw new ArgumentException(
                $"The command, quoted and with its environment, has {length} bytes; the shell takes {MaximumCommandLength}. Copy a script to the guest and run that, or pass data as input.",
                nameof(command));
        }

        string script = Template
            .Replace("@NONCE@", nonce, StringComparison.Ordinal)
            .Replace("@ENCODE@", options.Encoding == ShellEncoding.Base64 ? "base64 | " : "", StringComparison.Ordinal)
            .Replace("@FEED@", options.Input is null ? "" : "feed | ", StringComparison.Ordinal)
            .Replace("@STDIN@", options.Input is null ? "</dev/null" : "", StringComparison.Ordinal)
            .Replace("@RUN@", setUp + "exec " + run, StringComparison.Ordinal);
        return Lines(Encoding.UTF8.GetBytes(script));
    }

    /// <summary>Bytes as lines of base64.</summary>
    public static IReadOnlyList<string> Lines(ReadOnlySpan<byte> bytes)
    {
        string text = Convert.ToBase64String(bytes);
        return [.. text.Chunk(LineLength).Select(line => new string(line))];
    }

    private static string Export(KeyValuePair<string, string> variable) => VariableName().IsMatch(variable.Key)
        ? $"export {variable.Key}={ShellQuoting.Quote(variable.Value)}\n"
        : throw new ArgumentException($"'{variable.Key}' is no name of an environment variable.", nameof(variable));

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();

    // Descriptors: 3 the terminal, 4 the command's standard output on its way to the terminal, 6 what is told at the end.
    // Ctrl-C is for the command alone: this script survives it, and so do those who carry what the command wrote before.
    // Standard error and what is told at the end wait in a variable, so that nothing mixes into standard output.
    private const string Template = """
        n=@NONCE@
        trap : INT QUIT
        exec 3>&1
        say() { printf '\036%s%s\n' "$1" "$n" >&3; }
        t=/proc/self/fd/3
        [ -w $t ] || t=$(tty)
        if command -v tee >/dev/null && command -v sha256sum >/dev/null; then
          carry() { tee $t | { h=$(sha256sum); printf '<%s>' "${h%% *}" >&6; }; }
        else
          carry() { cat >&3; }
        fi
        feed() {
          while read -r k && [ "$k" -gt 0 ]; do
            b=$(head -n "$k")
            if printf '%s\n' "$b" | base64 -d; then say A; else say C; break; fi
          done
        }
        say B
        r=$(
          exec 6>&1
          trap : INT QUIT
          {
            {
              @FEED@(
                exec 3>&- 4>&- 6>&- @STDIN@
                @RUN@
              ) 2>&1 >&4
              printf '{%s}' $? >&6
            } | { trap '' INT QUIT; base64 >&6 4>&-; }
          } 4>&1 | { trap '' INT QUIT; @ENCODE@carry; }
        )
        say E
        printf '%s\n' "$r" >&3
        stty "$s"
        say F

        """;
}
