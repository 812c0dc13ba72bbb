namespace Qemu.Machine;

/// <summary>A program that its own libraries are missing for.</summary>
internal sealed class LibraryMissingRule() : OutputRule("error while loading shared libraries", "version `GLIBC_", "symbol lookup error")
{
    public override string Name => "library-missing";

    protected override bool ReadsAnyLine => true;

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string library = line.Between("error while loading shared libraries: ", ":");
        return library.Length > 0
            ? new Finding($"The shared library {library}, which the program needs, is not installed.", $"`apt-file search {library}` (Debian) or `dnf provides '*/{library}'` (Fedora) names its package; reinstalling QEMU brings it along.")
            : new Finding("The program was built for another version of this host's libraries.", "Install the QEMU of this distribution.");
    }
}
