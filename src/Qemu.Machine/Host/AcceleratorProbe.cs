using System.Globalization;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Runs the probe guest on an accelerator. A writable <c>/dev/kvm</c>, or a QEMU that accepts <c>-accel kvm</c>, proves nothing.</summary>
internal sealed class AcceleratorProbe(HostTarget target, HostLists lists)
{
    /// <summary>The guest takes 40 ms where it runs.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private static readonly string[] s_machineTypes = ["pc", "q35", "microvm"];

    private TimeSpan Limit => target.Settings.Scale(s_limit);

    public async Task<(QemuAccelerator Verdict, bool IsTransient)> RunAsync(string accelerator, CancellationToken cancellationToken)
    {
        bool isPc = lists.Architecture is "x86_64" or "i386";
        string? machineType = isPc && (lists.Devices.IsEmpty || lists.Devices.Contains(ProbeRom.Device.Split(',')[0]))
            ? s_machineTypes.FirstOrDefault(name => lists.MachineTypes.Any(type => type.Name == name || type.Alias == name))
            : null;
        ProbeMachine machine;
        try
        {
            machine = await ProbeMachine.LaunchAsync(target, Limit, directory => Arguments(directory, accelerator, machineType), cancellationToken).ConfigureAwait(false);
        }
        catch (QemuLaunchException error)
        {
            // Ended, but not by itself: a host under load may be all there is to it.
            bool isTransient = error is { ExitCode: null, TerminatingSignal: Libc.SIGKILL };
            return (new QemuAccelerator(accelerator, AcceleratorState.Unusable, $"QEMU does not start with it: {ProbeProblem.Of(error)}"), isTransient);
        }

        await using (machine.ConfigureAwait(false))
        {
            return machineType is null
                ? (new QemuAccelerator(accelerator, Unproven(accelerator), $"QEMU starts with it; there is no probe guest for {(isPc ? "the machine types of this program" : lists.Architecture)}"), false)
                : await JudgeAsync(machine, accelerator, cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<string> Arguments(MachineDirectory directory, string accelerator, string? machineType)
    {
        if (machineType is null)
            return ["-machine", "none", "-nodefaults", "-accel", accelerator];
        string image = Path.Combine(directory.GetOrCreate(), "probe.bin");
        File.WriteAllBytes(image, ProbeRom.Image());
        // Stopped at first, so that the guest's end cannot overtake QMP's beginning.
        return ["-machine", machineType, "-accel", accelerator, "-nodefaults", "-m", "16M", "-no-reboot", "-S", "-bios", image, "-device", ProbeRom.Device];
    }

    private async Task<(QemuAccelerator Verdict, bool IsTransient)> JudgeAsync(ProbeMachine machine, string accelerator, CancellationToken cancellationToken)
    {
        bool stopped = false;
        MachineEnd? end = null;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Limit);
        try
        {
            machine.Stops.TakeAll();
            await machine.Qmp.SendAsync("cont", deadline.Token).ConfigureAwait(false);
            await machine.Stops.WaitAsync("STOP", Timeout.InfiniteTimeSpan, deadline.Token).ConfigureAwait(false);
            stopped = true;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (QmpTimeoutException)
        {
            // As the deadline, which it races.
        }
        catch (QmpException)
        {
            // What is hoped for: the session is over because the guest has ended QEMU.
            end = await machine.WaitForEndAsync(Limit, cancellationToken).ConfigureAwait(false);
        }

        (AcceleratorState state, string reason) = Judge(accelerator, end, stopped, machine.Log);
        return (new QemuAccelerator(accelerator, state, reason), IsTransient: end is null && !stopped);
    }

    /// <summary>Where a proof could be had from another program of this host, a hypervisor without one is not trusted. Emulation is.</summary>
    private AcceleratorState Unproven(string accelerator) =>
        lists.Architecture is "x86_64" or "i386" && accelerator != Accelerators.Tcg ? AcceleratorState.Unusable : AcceleratorState.Unproven;

    private (AcceleratorState State, string Reason) Judge(string accelerator, MachineEnd? end, bool stopped, string log)
    {
        string opening = accelerator == Accelerators.Kvm ? "/dev/kvm opens but a guest did not run" : "a guest did not run";
        string words = log.Split('\n', StringSplitOptions.TrimEntries)
            .FirstOrDefault(line => line.Contains("internal error", StringComparison.OrdinalIgnoreCase)) ?? ProbeProblem.LastWords(log);
        words = words.TrimEnd('.');
        return end switch
        {
            { ExitCode: ProbeRom.Proven } => (AcceleratorState.Proven, "a guest ran"),
            { ExitCode: ProbeRom.Without64BitMode } => (Unproven(accelerator), "a guest ran, in 32-bit mode only: the CPU model has no other"),
            { ExitCode: ProbeRom.Wrong } => (AcceleratorState.Unusable, "a guest ran and computed wrongly"),
            not null => (AcceleratorState.Unusable, $"{opening}: QEMU {new ExitStatus(end.ExitCode, end.TerminatingSignal)}{(words.Length > 0 ? ": " + words : "")}"),
            _ when stopped => (AcceleratorState.Unusable, $"{opening}: {(words.Length > 0 ? words : "QEMU stopped it")}"),
            _ => (AcceleratorState.Unusable, string.Create(CultureInfo.InvariantCulture, $"{opening}: it did not end within {Limit.TotalSeconds:0.###} s")),
        };
    }
}
