using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Qemu.Machine;

/// <summary>Boots a machine once and saves it.</summary>
internal static class TemplateBuild
{
    private const int MaximumConsole = 16 * 1024 * 1024;

    /// <summary>Builds a template in a directory that is there and empty.</summary>
    /// <exception cref="QemuConfigurationException">No template can be made of such a machine.</exception>
    /// <exception cref="QemuTemplateException">It booted, and could not be saved.</exception>
    /// <exception cref="QemuLaunchException">It did not start.</exception>
    /// <exception cref="QemuTimeoutException">It did not become ready in time.</exception>
    /// <exception cref="QemuExitedException">It ended before it was ready.</exception>
    public static async Task<TemplateManifest> RunAsync(QemuMachineSpec spec, TemplateFiles files, CancellationToken cancellationToken)
    {
        TemplateRules.Check(spec);
        StartAdmission.EnterWithoutWaiting(); // others may be waiting for this template, and hold machines
        IReadOnlyList<(string Image, string Format)> images = TemplateSpec.WritableImages(spec);
        for (int number = 0; number < images.Count; number++)
            Qcow2Image.Create(files.Disk(number), images[number].Image, images[number].Format);

        long start = spec.TimeProvider.GetTimestamp();
        var machine = new QemuMachine(TemplateSpec.ForBuilding(spec, files), adopted: false);
        await using (machine.ConfigureAwait(false))
        {
            await BootOrShowAsync(machine, spec, files, cancellationToken).ConfigureAwait(false);
            TimeSpan boot = spec.TimeProvider.GetElapsedTime(start);
            Version qemu = machine.QemuVersion!;
            await DeviceState.SaveAsync(machine, files.DeviceState, cancellationToken).ConfigureAwait(false);
            await EndAsync(machine, cancellationToken).ConfigureAwait(false);
            foreach (QemuConsole console in machine.Consoles)
                await File.WriteAllBytesAsync(files.Console(console.Number), console.GetBytes(maximumBytes: MaximumConsole), cancellationToken).ConfigureAwait(false);
            spec.Logger.LogInformation("Template of machine {Machine} is saved; booting it took {Seconds:0.0} s", machine.Name, boot.TotalSeconds);
            return Describe(spec, files, images.Count, qemu, boot);
        }
    }

    /// <summary>A machine that does not boot is evidence for whoever wanted it; one that does is none of theirs.</summary>
    private static async Task BootOrShowAsync(QemuMachine machine, QemuMachineSpec spec, TemplateFiles files, CancellationToken cancellationToken)
    {
        try
        {
            await BootAsync(machine, spec, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (machine.TerminatingSignal == Libc.SIGBUS)
        {
            // The kernel's word for a page that the file system has no room for. It would have had it in no file.
            throw new QemuTemplateException(
                $"The memory of machine {machine.Name} does not fit into {files.MemoryDirectory}: QEMU ended by SIGBUS. Make room there, or keep the memory elsewhere: TemplateOptions.MemoryDirectory, or the cache directory.",
                innerException: error);
        }
        catch
        {
            machine.Adopt();
            throw;
        }
    }

    private static async Task BootAsync(QemuMachine machine, QemuMachineSpec spec, CancellationToken cancellationToken)
    {
        await machine.LaunchAsync(cancellationToken).ConfigureAwait(false);
        TemplateRules.Check(spec, machine.QemuVersion!);

        // What blocks it from the start need not be waited for.
        if (await DeviceState.ReadBlockersAsync(machine, cancellationToken).ConfigureAwait(false) is { Count: > 0 } blockers)
            throw new QemuTemplateException($"QEMU cannot save machine {machine.Name}: {string.Join(" ", blockers)}", blockers);
        await machine.WaitUntilReadyAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task EndAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        try
        {
            await machine.ShutdownAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (AbnormalShutdownException error)
        {
            throw new QemuTemplateException($"The template of machine {machine.Name} may not be complete: {error.Message}", innerException: error);
        }
    }

    private static TemplateManifest Describe(QemuMachineSpec spec, TemplateFiles files, int disks, Version qemu, TimeSpan boot)
    {
        IEnumerable<string> images = Enumerable.Range(0, disks).Select(files.Disk);
        foreach (string file in images.Append(files.Memory).Append(files.DeviceState))
            Flush(file);
        return new TemplateManifest
        {
            Machine = Summarize(spec),
            Qemu = qemu,
            CreatedAt = spec.TimeProvider.GetUtcNow(),
            BootDuration = boot,
            MemoryDirectory = files.MemoryDirectory == files.Directory ? null : files.MemoryDirectory,
            Memory = TemplateFile.Of(files.Memory),
            Disks = [.. images.Select(TemplateFile.Of)],
            DeviceState = TemplateManifest.Hash(files.DeviceState),
        };
    }

    /// <summary>So that who looks at the cache knows what for.</summary>
    private static string Summarize(QemuMachineSpec spec)
    {
        IEnumerable<string?> parts =
        [
            $"{spec.Binary} {spec.MachineType} {GuestMemorySize.Of(spec)}",
            .. spec.Options.Select(option => option switch
            {
                KernelOption kernel => "kernel " + Path.GetFileName(kernel.Kernel),
                FirmwareOption firmware => "firmware " + Path.GetFileName(firmware.Image),
                FlashOption { ReadOnly: true } flash => "firmware " + Path.GetFileName(flash.Image),
                DiskOption disk => "disk " + Path.GetFileName(disk.Image),
                CdromOption cdrom => "cdrom " + Path.GetFileName(cdrom.Image),
                _ => null,
            }),
            spec.Readiness?.Description ?? "launched",
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    /// <summary>A template that a crash of the host leaves behind must not have holes that nobody sees.</summary>
    private static void Flush(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }
}
