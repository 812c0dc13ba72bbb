using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>A QEMU program that is there. Whether it runs is another question: one that crashes is no reason to skip.</summary>
internal sealed class BinaryRequirement(string binary) : IQemuRequirement
{
    public string Name => binary;

    public IEnumerable<string> Keywords => ["binary", binary];

    public Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken)
    {
        if (ExecutableLookup.Find(binary, context.Settings.BinaryDirectory, out string? problem) is not null)
            return Task.FromResult(RequirementResult.Met);
        string? advice = QemuPackages.AdviceFor(Path.GetFileName(binary));
        return Task.FromResult(RequirementResult.Unmet(advice is null ? problem! : $"{problem} {advice}"));
    }
}
