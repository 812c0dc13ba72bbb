using System.Globalization;
using System.Text.Json;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Sets the clock of a clone's guest.</summary>
internal static class ClockSetting
{
    /// <summary>How far a clock may be off that the agent set and yet complains about.</summary>
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMinutes(1);

    /// <exception cref="QemuTemplateException">The guest refuses.</exception>
    public static Task RunAsync(QemuMachine machine, GuestClock way, CancellationToken cancellationToken) => way switch
    {
        GuestClock.AsSaved => Task.CompletedTask,
        GuestClock.Set when machine.Spec.Options.OfType<GuestAgentOption>().Any() => AskAgentAsync(machine, cancellationToken),
        _ => RunDateAsync(machine, cancellationToken),
    };

    private static async Task RunDateAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        string command = string.Create(CultureInfo.InvariantCulture, $"date -u -s @{SinceEpoch(machine).TotalSeconds:0}");
        ShellResult result = await machine.Shell.RunAsync(command, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
            throw new QemuTemplateException($"The guest of machine {machine.Name} does not let its clock be set, `{command}`: {result.Output.Trim()}");
    }

    private static async Task AskAgentAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        try
        {
            await machine.GuestAgent.SetTimeAsync(machine.Spec.TimeProvider.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        }
        catch (QmpCommandException refusal)
        {
            // The kernel's clock comes first; where the guest lacks `hwclock`, the agent then refuses for the hardware's, which is right already.
            JsonElement answer = await machine.GuestAgent.ExecuteAsync("guest-get-time", cancellationToken).ConfigureAwait(false);
            TimeSpan guest = TimeSpan.FromTicks(answer.GetInt64() / TimeSpan.NanosecondsPerTick);
            if ((guest - SinceEpoch(machine)).Duration() > s_tolerance)
                throw new QemuTemplateException($"The agent in the guest of machine {machine.Name} does not set its clock: {refusal.Description}", innerException: refusal);
        }
    }

    private static TimeSpan SinceEpoch(QemuMachine machine) => machine.Spec.TimeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch;
}
