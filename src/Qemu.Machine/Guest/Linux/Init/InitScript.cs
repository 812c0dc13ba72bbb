using System.Text;

namespace Qemu.Machine;

/// <summary>The init that a guest gets when its author wrote none: mounts, modules, the author's own commands, the ready line, and a shell on each console.</summary>
internal static class InitScript
{
    /// <summary>Guest paths of the modules to load, one a line, in order; also there for an author's own init.</summary>
    public const string ModuleList = "/etc/modules.load";

    public static string Create(string readyLine, IEnumerable<string> commands)
    {
        var script = new StringBuilder("""
            #!/bin/sh
            export PATH=/sbin:/bin:/usr/sbin:/usr/bin HOME=/root TERM=${TERM:-vt100}
            mount -t proc proc /proc
            mount -t sysfs sysfs /sys
            mount -t devtmpfs devtmpfs /dev
            mkdir -p /dev/pts /dev/shm
            mount -t devpts devpts /dev/pts
            while read -r module; do
                insmod "$module" || echo "init: cannot load $module" >/dev/kmsg
            done </etc/modules.load
            # A console whose driver is a module exists only now.
            (: </dev/console) 2>/dev/null && exec </dev/console >/dev/console 2>&1

            """);

        foreach (string command in commands)
            script.Append(command).Append('\n');

        script.Append("READY=").Append(ShellQuoting.Quote(readyLine)).Append('\n').Append("""
            export READY
            # In a process without children: a write that the end of a child interrupts is not repeated by ash, and lost.
            shells() {
                (printf '%s\n' "$READY")
                while :; do
                    setsid -c sh || sleep 1
                done
            }
            # What & starts ignores Ctrl-C, with all its children and for ever; the parts of a pipeline do not.
            start() {
                device=$1
                shift
                if [ $# -gt 0 ]; then
                    shells <"$device" >"$device" 2>&1 | start "$@"
                else
                    shells <"$device" >"$device" 2>&1
                fi
            }
            devices=
            for console in $(cat /sys/class/tty/console/active); do
                # The active virtual terminal answers to tty0, which cannot be a controlling terminal.
                [ "$console" = tty0 ] && console=tty1
                [ -c "/dev/$console" ] && devices="$devices /dev/$console"
            done
            [ -n "$devices" ] && start $devices
            # The kernel panics when its first process ends; this one also reaps orphans.
            while :; do
                wait
                sleep 1
            done

            """);
        return script.ToString();
    }
}
