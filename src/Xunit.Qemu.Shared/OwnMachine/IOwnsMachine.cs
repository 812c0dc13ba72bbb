namespace Xunit.Qemu;

/// <summary>A test class that has a machine for each of its tests.</summary>
internal interface IOwnsMachine
{
    /// <summary>Throws what the start of this test's machine failed with, if it did.</summary>
    void ThrowIfFailed();
}
