namespace Qemu.Machine;

/// <summary>A line that holds a text is a panic; its title is the line from there on.</summary>
/// <param name="Name">Its name: <see cref="GuestPanic.Rule"/> shows it, and <see cref="QemuMachineBuilder.WithoutPanicRule"/> removes the rule by it.</param>
/// <param name="Text">The text, in ASCII, at least two characters.</param>
public sealed record TextPanicRule(string Name, string Text) : PanicRule(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Triggers { get; } = [Text];

    /// <inheritdoc/>
    public override string? FindTitle(string line) => From(line, Text);
}
