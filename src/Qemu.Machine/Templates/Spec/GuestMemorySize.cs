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

    /// <summary>The bytes that a machine may take, as far as its specification tells: QEMU's common default where it says nothing.</summary>
    public static long BytesOf(QemuMachineSpec spec)
    {
        int raw = spec.Arguments.LastIndexOf("-m");
        string? option = raw >= 0 && raw + 1 < spec.Arguments.Length ? spec.Arguments[raw + 1] : spec.Options.OfType<MemoryOption>().LastOrDefault()?.Size;
        return Parse(option is null ? CommonDefault : WithUnit(option)) ?? Parse(CommonDefault)!.Value;
    }

    private static long? Parse(string size)
    {
        int shift = size.Length == 0 ? 0 : char.ToUpperInvariant(size[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        return double.TryParse(shift == 0 ? size : size[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number < 1L << (62 - shift)
            ? (long)(number * (1L << shift))
            : null;
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
