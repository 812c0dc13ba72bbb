namespace Qemu.Testing;

/// <summary>One machine's wish for room on the host.</summary>
internal sealed record AdmissionRequest
{
    /// <summary>The guest's bytes.</summary>
    public required long Memory { get; init; }

    /// <summary>The flow of tests that holds the machine; null for what a whole assembly shares.</summary>
    public string? Flow { get; init; }

    /// <summary>Whether it only stands ready for a test to take it, which asks for room then.</summary>
    public bool IsKept { get; init; }

    /// <summary>False: it is let in at once.</summary>
    public bool MayWait { get; init; } = true;

    /// <summary>Where it is told that the machine waits, or was let in beyond the budget.</summary>
    public Action<string> Tell { get; init; } = static _ => { };
}
