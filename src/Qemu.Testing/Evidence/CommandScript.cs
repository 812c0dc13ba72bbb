using System.Text;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>The script <c>command.sh</c>: runs the test's machine again at a terminal, from its saved state where there is one.</summary>
internal static class CommandScript
{
    private const string Name = "command.sh";

    /// <summary>Writes the script of one machine, if it was launched.</summary>
    public static void Write(MachineEvidence machine, TestRecording recording)
    {
        QemuMachine launched = machine.Entry.Machine;
        if (launched.CommandLine is not { } commandLine)
            return;
        string folder = recording.FolderOf(machine.Label);
        Directory.CreateDirectory(folder);
        ManualCommand? state = KeptState.Read(folder);
        string script = Mask(Render(launched.Name, commandLine, ManualCommand.ForBoot(launched), state));
        string path = Path.Combine(folder, Name);
        File.WriteAllText(path, script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
    }

    /// <summary>The script's text. Every word of the command is quoted for a POSIX shell, whatever is in it.</summary>
    public static string Render(string machine, string commandLine, ManualCommand boot, ManualCommand? state)
    {
        var text = new StringBuilder(
            $$"""
            #!/bin/sh
            # Runs machine {{OneLine(machine)}} again, by hand: {{(boot.HasConsole ? "its console is this terminal, Ctrl-A c is QEMU's monitor, Ctrl-A x ends it" : "it has no console, so this terminal is QEMU's monitor")}}.
            #   ./command.sh [--boot] [--gdb[=PORT]] [--stopped] [QEMU ARGUMENT...]
            # --boot: from power-on, even where the machine's state was kept.  --gdb: a GDB server, by default on port 1234.
            # --stopped: nothing runs until the monitor's "cont".  Disks are written to temporary files: the images stay as they are.
            # What is not so, or left out, is said when it starts.
            # The test had started it with:

            """);
        foreach (string line in commandLine.Split('\n'))
            text.Append("#   ").Append(ReportText.Clean(line)).Append('\n');
        text.Append(ManualScript.Begin(state is null ? [boot] : [boot, state]));
        text.Append(
            """
            state=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)/state
            from=boot gdb= stopped=
            [ ! -f "$state/machine-state" ] || from=state
            while [ $# -gt 0 ]; do
                case $1 in
                    --boot) from=boot ;;
                    --gdb) gdb=1234 ;;
                    --gdb=*) gdb=${1#--gdb=} ;;
                    --stopped) stopped=yes ;;
                    --) shift; break ;;
                    *) break ;;
                esac
                shift
            done
            sockets=$(mktemp -d "${TMPDIR:-/tmp}/qemu-by-hand-XXXXXX")
            export QEMU_KEPT_STATE="$state"
            state=$(printf %s "$state" | sed 's/,/,,/g') # as QEMU takes a comma in a property
            [ -z "$gdb" ] || set -- -gdb "tcp:127.0.0.1:$gdb" "$@"
            [ -z "$stopped" ] || set -- -S "$@"

            """);
        text.Append("cd -- ").Append(ShellQuoting.Quote(boot.WorkingDirectory)).Append(" 2>/dev/null || :\n");
        if (state is not null)
        {
            text.Append("if [ $from = state ]; then\n");
            ManualScript.AppendCommand(text, state, "    ");
            text.Append("else\n");
            ManualScript.AppendCommand(text, boot, "    ");
            text.Append("fi\n");
        }
        else
        {
            ManualScript.AppendCommand(text, boot, "");
        }

        text.Append(
            """
            echo "QMP: $sockets/qmp.sock${gdb:+; GDB: target remote :$gdb}" >&2
            [ "$from" != state ] || echo 'The machine stands where it was saved: Ctrl-A c, then "cont" lets it run.' >&2
            "$@"

            """);
        return text.ToString();
    }

    private static string Mask(string script)
    {
        string masked = SecretMask.Current.Apply(script);
        return masked == script ? script : masked + "# Each *** above stands for a secret that this file must not hold: write it there.\n";
    }

    private static string OneLine(string text) => ReportText.Clean(text).Replace('\n', ' ');
}
