namespace Qemu.Testing;

/// <summary>
/// Something that a test needs of its host. Implement it, with a constructor without parameters, for <c>Requires = typeof(…)</c>;
/// <see cref="QemuRequirements"/> has those that can be built upon.
/// </summary>
public interface IQemuRequirement
{
    /// <summary>What is needed, to stand after "needs": <c>accelerator kvm</c>.</summary>
    string Name { get; }

    /// <summary>The words by which <c>XUNIT_QEMU_REQUIRE</c> can forbid to skip for it. Default: the words of the name.</summary>
    IEnumerable<string> Keywords => Name.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Finds out whether the host has it. What this throws fails the test; it never skips it.</summary>
    /// <param name="context">Where to look.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken);
}
