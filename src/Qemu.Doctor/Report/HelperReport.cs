namespace Qemu.Doctor;

/// <summary>A program or file beside QEMU that tests use.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Where it is; null when it is not here.</param>
/// <param name="Use">What it is needed for.</param>
internal sealed record HelperReport(string Name, string? Path, string Use);
