namespace Qemu.Doctor;

/// <summary>A command line that is not understood.</summary>
internal sealed class UsageException(string message) : Exception(message);
