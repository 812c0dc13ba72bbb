namespace Qemu.Machine;

/// <summary>How a command's output travels over the console. What arrives is the same bytes either way, checked against the guest's own checksum.</summary>
public enum ShellEncoding
{
    /// <summary>As it is: the console's log stays readable. Kernel messages in the midst of it are recognised by their time stamp and taken out.</summary>
    Plain,

    /// <summary>As base64, for binary data that the console's log is better without, and for terminals that change bytes.</summary>
    Base64,
}
