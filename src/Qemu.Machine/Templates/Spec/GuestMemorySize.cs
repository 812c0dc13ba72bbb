using System.Globalization;

namespace Qemu.Machine;

/// <summary>The size of a machine's memory as a memory object takes it.</summary>
internal static class GuestMemorySize
{
    /// <summary>What QEMU gives these machine types when nothing is said.</summary>
    private const string CommonDefault = "128M";

    /// <exception cref="QemuConfigurationException">The specification names no size, and its machine type's default is not known here.</exception>
    public static string Of(QemuMachineSpec spec)
    {
        if (spec.Options.OfType<MemoryOption>().LastOrDefault() is { } memory)
            return WithUnit(memory.Size);
        return HasCommonDefault(spec.MachineType)
            ? CommonDefault
            : throw new QemuConfigurationException($"The memory of machine type {spec.MachineType ?? "(none given)"} is to be a file, whose size must be known: add .WithMemory(\"512M\").");
    }

    /// <summary>Of <c>size=256M,slots=2</c> the size; a bare number is MiB to <c>-m</c>, and would be bytes to a memory object.</summary>
    private static string WithUnit(string option)
    {
        const string name = "size=";
        string size = option.Split(',', 2)[0];
        if (size.StartsWith(name, StringComparison.Ordinal))
            size = size[name.Length..];
        return long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? size + "M" : size;
    }

    private static bool HasCommonDefault(string? machineType) =>
        MachineFamily.IsPc(machineType) || machineType is "microvm" || machineType?.StartsWith("virt", StringComparison.Ordinal) == true;
}
