namespace Qemu.Machine;

/// <summary>A rule that knows its case by words in QEMU's output.</summary>
/// <param name="signs">Texts of which any one tells that this rule may apply. Wordings differ between QEMU's versions, so name as few as suffice.</param>
internal abstract class OutputRule(params string[] signs) : LaunchRule
{
    /// <summary>Whether the case shows in a warning or a remark. Else those are passed over: they did not end QEMU.</summary>
    protected virtual bool ReadsRemarks => false;

    /// <summary>Whether the case also shows in lines that do not begin as QEMU's messages do: those of its libraries, say.</summary>
    protected virtual bool ReadsAnyLine => false;

    public override Finding? Examine(LaunchEvidence evidence)
    {
        foreach (OutputLine line in evidence.Lines)
        {
            if (line.IsRemark != ReadsRemarks || !(line.IsFromQemu || ReadsAnyLine))
                continue;
            foreach (string sign in signs)
            {
                if (line.Says(sign) && Explain(line, evidence) is { } finding)
                    return finding;
            }
        }

        return null;
    }

    /// <summary>What a line with one of the signs means; null when it is another case after all.</summary>
    protected abstract Finding? Explain(OutputLine line, LaunchEvidence evidence);
}
