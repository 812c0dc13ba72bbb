namespace Qemu.Qmp;

/// <summary>QEMU answered a command with an error. The session is fine and the command had no effect that QEMU admits to.</summary>
public sealed class QmpCommandException : QmpException
{
    /// <summary>Describes the refusal of <paramref name="command"/>.</summary>
    /// <param name="command">Name of the refused command.</param>
    /// <param name="errorClass">QEMU's error class, such as <c>GenericError</c> or <c>CommandNotFound</c>.</param>
    /// <param name="description">QEMU's own words. Meant for people: they change between versions.</param>
    public QmpCommandException(string command, string errorClass, string description)
        : base($"QMP command '{command}' was refused: {Excerpt.Printable(description)} ({Excerpt.Printable(errorClass)})")
    {
        Command = command;
        ErrorClass = errorClass;
        Description = description;
    }

    /// <summary>Name of the refused command.</summary>
    public string Command { get; }

    /// <summary>
    /// QEMU's error class: <c>GenericError</c>, <c>CommandNotFound</c>, <c>DeviceNotActive</c>, <c>DeviceNotFound</c> or <c>KVMMissingCap</c>
    /// (QAPI <c>QapiErrorClass</c>).
    /// </summary>
    public string ErrorClass { get; }

    /// <summary>QEMU's own words, without this exception's framing. Not stable between QEMU versions.</summary>
    public string Description { get; }
}
