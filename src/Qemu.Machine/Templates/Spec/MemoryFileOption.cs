namespace Qemu.Machine;

/// <summary>Guest memory that is a file: shared while a template is being built, copied on write in its clones.</summary>
/// <param name="Path">The file; QEMU makes it as long as the memory is.</param>
/// <param name="Size">The size with its unit.</param>
/// <param name="Shared">Whether what the guest writes reaches the file.</param>
/// <param name="ReadOnlyFile">Whether QEMU opens the file for reading only (QEMU ≥ 8.2), so that a balloon device cannot punch holes into it.</param>
internal sealed record MemoryFileOption(string Path, string Size, bool Shared, bool ReadOnlyFile) : QemuOption
{
    private const string Id = "template-ram";

    /// <summary>The same memory under the same name, in no file: what a saved state is loaded into.</summary>
    public RawOption InMemory() => new(["-machine", "memory-backend=" + Id, "-object", $"memory-backend-ram,id={Id},size={Size}"]);

    // QEMU merges several -machine options.
    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        commandLine.Add("-machine", "memory-backend=" + Id);
        commandLine.Add(
            "-object",
            $"memory-backend-file,id={Id},size={Size},mem-path={CommandLineBuilder.EscapeCommas(Path)},share={(Shared ? "on" : "off")}"
            + (ReadOnlyFile ? ",readonly=on,rom=off" : ""));
    }
}
