using System.Globalization;

namespace Qemu.Machine;

/// <summary>The files of one template.</summary>
/// <param name="Directory">Where they are.</param>
/// <param name="MemoryDirectory">Where the guest's memory is, which may be another file system.</param>
internal sealed record TemplateFiles(string Directory, string MemoryDirectory)
{
    public string Memory => Path.Combine(MemoryDirectory, "memory");

    public string DeviceState => Path.Combine(Directory, "device-state");

    public string Manifest => Path.Combine(Directory, "manifest.json");

    public string Disk(int number) => Path.Combine(Directory, string.Create(CultureInfo.InvariantCulture, $"disk{number}.qcow2"));

    public string Console(int number) => Path.Combine(Directory, string.Create(CultureInfo.InvariantCulture, $"console{number}.log"));
}
