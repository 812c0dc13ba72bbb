namespace Xunit.Qemu;

/// <summary>What shares a fixture.</summary>
internal enum FixtureLevel
{
    /// <summary>The tests of a class.</summary>
    Class,

    /// <summary>The tests of a collection.</summary>
    Collection,

    /// <summary>All tests of an assembly.</summary>
    Assembly,
}
