namespace Qemu.Testing;

/// <summary>What a counted machine is there for.</summary>
internal enum MachineClaimKind
{
    /// <summary>A test or the fixture of a class or collection holds it, and so gives it back.</summary>
    Passing,

    /// <summary>A whole assembly shares it: it stays until the assembly is done.</summary>
    Standing,

    /// <summary>It stands still until a test takes it: it needs memory, and nothing else.</summary>
    Kept,
}
