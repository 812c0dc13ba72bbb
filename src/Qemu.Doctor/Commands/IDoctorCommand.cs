namespace Qemu.Doctor;

/// <summary>Something that the tool can do.</summary>
internal interface IDoctorCommand
{
    /// <summary>The word that asks for it.</summary>
    string Name { get; }

    /// <summary>How to write it: <c>check [--json] [PROGRAM…]</c>.</summary>
    string Usage { get; }

    /// <summary>What it does, in a line.</summary>
    string Summary { get; }

    /// <summary>Does it.</summary>
    /// <param name="arguments">What follows the name.</param>
    /// <param name="output">Where results go.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The arguments are not understood.</exception>
    Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output);
}
