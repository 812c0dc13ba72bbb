namespace Qemu.Testing;

/// <summary>Why a machine is part of a test's scope, which decides who ends it.</summary>
internal enum MachineBond
{
    /// <summary>Built in the test's body: the scope ends it if the test forgot to.</summary>
    Built,

    /// <summary>Built while the test class was made; its disposal comes after the scope's end and is left to it.</summary>
    BuiltByClass,

    /// <summary>Lent to the test by somebody who ends it: a fixture, or the base class that gives each test its own.</summary>
    Lent,
}
