using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// Whether the host offers what is needed. The one seam between tests and what is known of the host: attributes ask before
/// anything starts, machine hosts with their own specification before they launch.
/// </summary>
internal static class RequirementCheck
{
    /// <summary>Why a test cannot run here, as a skip reason; null when it can.</summary>
    public static string? Unmet(HostRequirements requirements, QemuTestSettings settings) =>
        UnmetBinary(requirements.Binary ?? QemuMachineBuilder.DefaultBinary, settings.BinaryDirectory);

    /// <summary>Why a machine cannot run here, as a skip reason; null when it can.</summary>
    public static string? Unmet(QemuMachineSpec specification) => specification.Wrapper.IsEmpty
        ? UnmetBinary(specification.Binary, specification.Settings.BinaryDirectory)
        : null; // behind a wrapper the name may mean a file under another root or on another host

    private static string? UnmetBinary(string binary, string? directory)
    {
        if (!OperatingSystem.IsLinux())
            return "needs Linux: machines are launched there only, for now";
        return ExecutableLookup.Find(binary, directory, out string? problem) is null
            ? $"needs {binary}: {problem}"
            : null;
    }
}
