namespace Qemu.Machine;

/// <summary>A line that a rule took for a panic.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Title">The title that it gave.</param>
/// <param name="Offset">Where the line begins in the console's raw output.</param>
internal sealed record PanicSighting(string Rule, string Title, long Offset);
