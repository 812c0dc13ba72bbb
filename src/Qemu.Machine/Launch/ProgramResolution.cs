namespace Qemu.Machine;

/// <summary>Turns wrapper, binary and arguments into a vector whose first element is the path of a program that exists.</summary>
internal static class ProgramResolution
{
    /// <exception cref="FileNotFoundException">The wrapper, or without one QEMU, cannot be run; the message says why and what to install.</exception>
    public static IReadOnlyList<string> Resolve(QemuMachineSpec spec, IReadOnlyList<string> arguments)
    {
        // Behind a wrapper the binary's name is the wrapper's business: it may mean a file under another root or on another
        // host. The folder of the settings still counts, or another QEMU than the one asked for would run.
        if (spec.Wrapper is [var program, .. var rest])
            return [Find(program, directory: null), .. rest, InFolder(spec) ?? spec.Binary, .. arguments];
        return [Find(spec.Binary, spec.Settings.BinaryDirectory), .. arguments];
    }

    private static string? InFolder(QemuMachineSpec spec) =>
        spec.Settings.BinaryDirectory is { } folder
        && !spec.Binary.Contains('/', StringComparison.Ordinal)
        && Path.Combine(folder, spec.Binary) is var path
        && File.Exists(path)
            ? Path.GetFullPath(path)
            : null;

    private static string Find(string program, string? directory) =>
        ExecutableLookup.Find(program, directory, out string? problem) ?? throw new FileNotFoundException(problem, program);
}
