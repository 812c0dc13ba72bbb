namespace Qemu.Testing;

/// <summary>A line of a timeline, as it is read back.</summary>
/// <param name="Seconds">When, since the test began.</param>
/// <param name="Source">What speaks.</param>
/// <param name="Machine">Which machine; empty for none.</param>
/// <param name="Text">What it says.</param>
internal readonly record struct TimelineLine(double Seconds, string Source, string Machine, string Text);
