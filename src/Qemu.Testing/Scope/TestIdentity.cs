namespace Qemu.Testing;

/// <summary>Which test it is: what its artefact directory and messages are named after.</summary>
/// <param name="AssemblyName">The test assembly, without extension.</param>
/// <param name="TargetFramework">What it was built for, such as <c>net10.0</c>; empty when that is not known.</param>
/// <param name="ClassName">The test class with its namespace.</param>
/// <param name="MethodName">The test method.</param>
/// <param name="DisplayName">How the runner shows the test.</param>
/// <param name="UniqueId">Different for any two tests of a run, rows of a theory included.</param>
/// <param name="Row">The arguments of a theory's row as the runner shows them; null for a test without.</param>
public sealed record TestIdentity(
    string AssemblyName,
    string TargetFramework,
    string ClassName,
    string MethodName,
    string DisplayName,
    string UniqueId,
    string? Row = null);
