namespace Qemu.Testing;

/// <summary>What is kept of tests beyond the evidence of those that failed.</summary>
public enum ArtifactKeeping
{
    /// <summary>Failed tests leave their evidence, passing ones nothing.</summary>
    Evidence,

    /// <summary><c>failed</c>: the machines of failed tests are kept too, so that they can be opened again.</summary>
    FailedMachines,

    /// <summary><c>all</c>: every test leaves its evidence.</summary>
    All,
}
