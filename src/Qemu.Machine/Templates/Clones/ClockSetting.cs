using System.Globalization;

namespace Qemu.Machine;

/// <summary>Sets the clock of a clone's guest.</summary>
internal static class ClockSetting
{
    /// <exception cref="QemuTemplateException">The guest refuses.</exception>
    public static async Task RunAsync(QemuMachine machine, GuestClock way, CancellationToken cancellationToken)
    {
        if (way == GuestClock.AsSaved)
            return;
        double now = (machine.Spec.TimeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        string command = string.Create(CultureInfo.InvariantCulture, $"date -u -s @{now:0}");
        ShellResult result = await machine.Shell.RunAsync(command, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
            throw new QemuTemplateException($"The guest of machine {machine.Name} does not let its clock be set, `{command}`: {result.Output.Trim()}");
    }
}
