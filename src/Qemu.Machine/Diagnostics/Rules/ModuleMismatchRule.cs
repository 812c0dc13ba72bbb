namespace Qemu.Machine;

/// <summary>Modules that belong to another build of QEMU: after an upgrade under a running test, or with two QEMUs on one host.</summary>
internal sealed class ModuleMismatchRule() : OutputRule("Only modules from the same build can be loaded")
{
    public override string Name => "module-mismatch";

    protected override bool ReadsAnyLine => true;

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => evidence.Exit is { Signal: not null }
        ? new Finding(
            "QEMU ended over a module (a .so file) of another build of QEMU.",
            "Install QEMU and its modules in one version; with a second QEMU beside the host's own, keep it from the host's modules (QEMU_MODULE_DIR alone does not).")
        : null;
}
