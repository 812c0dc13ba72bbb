namespace Qemu.Machine;

/// <summary>A QEMU, or a wrapper, that is not installed or cannot be run.</summary>
internal sealed class ProgramMissingRule : LaunchRule
{
    public override string Name => "program-missing";

    public override Finding? Examine(LaunchEvidence evidence)
    {
        if (evidence.StartError is not FileNotFoundException { FileName: { } program } error)
            return null;
        if (error.Message.Contains("not executable", StringComparison.Ordinal))
            return new Finding($"'{program}' may not be executed.", $"chmod +x {program}");
        if (Directory.Exists(program))
            return new Finding($"'{program}' is a directory.", "Name the program in it.");
        string name = Path.GetFileName(program);
        string nearest = NearestName.Find(name, QemuPackages.InstalledPrograms()) is { } installed && installed != name ? $"Did you mean '{installed}'? " : "";
        return new Finding(
            $"There is no program '{program}' here.",
            nearest + (QemuPackages.AdviceFor(name) ?? $"Install it, or correct the path{(evidence.HasWrapper ? " given to .WithWrapper()" : "")}."));
    }
}
