namespace Qemu.Machine;

/// <summary>A descriptor that a person's shell opens for QEMU.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Redirection">How the shell opens it.</param>
/// <param name="Path">The file behind it; null: nothing that could be opened again.</param>
internal sealed record ManualDescriptor(int Number, string Redirection, string? Path)
{
    public static ManualDescriptor Of(int number, FileBehind file) => new(
        number,
        file.Access switch { Libc.O_RDONLY => "<", Libc.O_WRONLY => ">>", _ => "<>" },
        file.Path);
}
