using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>
/// What becomes of a specification with a template: three command lines with the same devices, for building the template,
/// for a clone, and for booting without either. In all three the user's images are only read.
/// </summary>
internal static class TemplateSpec
{
    private const string GenerationId = "vmgenid";

    /// <summary>Boots as ever, with writes to disks thrown away at the end.</summary>
    public static QemuMachineSpec ForBoot(QemuMachineSpec spec) => WithWritableImages(
        WithSameDevices(spec),
        disk => disk with { Snapshot = true },
        flash => flash with { Snapshot = true });

    /// <summary>Boots with its memory and its disks' writes in the template's files.</summary>
    public static QemuMachineSpec ForBuilding(QemuMachineSpec spec, TemplateFiles files)
    {
        QemuMachineSpec build = WithFiles(WithSameDevices(spec), files, snapshot: false);
        return build with
        {
            Name = spec.Name is null ? null : spec.Name + "-template",
            Options = build.Options
                .ConvertEach<ConsoleOption>(console => console with { LogPath = null })
                .Add(new MemoryFileOption(files.Memory, GuestMemorySize.Of(spec), Shared: true, ReadOnlyFile: false)),
        };
    }

    /// <summary>Waits for the template's state, with its memory and disks copied on write.</summary>
    public static QemuMachineSpec ForClone(QemuMachineSpec spec, TemplateFiles files, Version qemu)
    {
        QemuMachineSpec clone = WithFiles(WithSameDevices(spec), files, snapshot: true);
        return clone with
        {
            Options = clone.Options
                .Add(new MemoryFileOption(files.Memory, GuestMemorySize.Of(spec), Shared: false, ReadOnlyFile: TemplateRules.CanOpenMemoryReadOnly(qemu)))
                .Add(new IncomingOption()),
        };
    }

    /// <summary>The images that guests of this specification write to; each becomes an overlay in the template.</summary>
    public static IReadOnlyList<(string Image, string Format)> WritableImages(QemuMachineSpec spec)
    {
        var images = new List<(string, string)>();
        WithWritableImages(
            spec,
            disk =>
            {
                images.Add((disk.Image, disk.EffectiveFormat));
                return disk;
            },
            flash =>
            {
                images.Add((flash.Image, flash.Format));
                return flash;
            });
        return images;
    }

    private static QemuMachineSpec WithFiles(QemuMachineSpec spec, TemplateFiles files, bool snapshot)
    {
        int number = 0;
        return WithWritableImages(
            spec,
            disk => disk with { Image = files.Disk(number++), Format = Qcow2Image.Format, Snapshot = snapshot },
            flash => flash with { Image = files.Disk(number++), Format = Qcow2Image.Format, Snapshot = snapshot });
    }

    private static QemuMachineSpec WithWritableImages(QemuMachineSpec spec, Func<DiskOption, DiskOption> disk, Func<FlashOption, FlashOption> flash) => spec with
    {
        Options = [.. spec.Options.Select(option => option switch
        {
            DiskOption { ReadOnly: false } writable => disk(writable),
            FlashOption { ReadOnly: false } writable => flash(writable),
            _ => option,
        })],
    };

    /// <summary>
    /// The generation id tells a guest that it is a copy, upon which Linux reseeds its random pool; it needs ACPI tables
    /// that QEMU makes for PCs only.
    /// </summary>
    private static QemuMachineSpec WithSameDevices(QemuMachineSpec spec)
    {
        QemuMachineSpec plain = spec with { Template = null };
        bool add = MachineFamily.IsPc(spec.MachineType)
            && !spec.Options.OfType<DeviceOption>().Any(device => device.Driver == GenerationId)
            && !spec.Arguments.Any(argument => argument.StartsWith(GenerationId, StringComparison.Ordinal));
        return add ? plain.With(new DeviceOption(GenerationId + ",guid=auto")) : plain;
    }

    private static ImmutableArray<QemuOption> ConvertEach<TOption>(this ImmutableArray<QemuOption> options, Func<TOption, TOption> convert)
        where TOption : QemuOption => [.. options.Select(option => option is TOption match ? convert(match) : option)];
}
