namespace Qemu.Doctor;

/// <summary>An accelerator of a program: <c>proven</c>, <c>unproven</c> or <c>unusable</c>, and why.</summary>
internal sealed record AcceleratorReport(string Name, string State, string Reason);
