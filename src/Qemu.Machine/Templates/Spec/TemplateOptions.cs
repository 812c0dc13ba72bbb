namespace Qemu.Machine;

/// <summary>How a machine is started from a template instead of being booted.</summary>
public sealed record TemplateOptions
{
    /// <summary>
    /// Where the templates' guest memory is kept; null: with the template in the cache directory, where it outlives a
    /// restart of the host. <c>/dev/shm</c> keeps it in the host's memory.
    /// </summary>
    public string? MemoryDirectory { get; init; }

    /// <summary>How many clones are kept ready ahead of those who want one. Default: 0, each is made when it is wanted.</summary>
    public int Pool { get; init; }

    /// <summary>How a clone's guest learns what time it is. Default: not at all.</summary>
    public GuestClock Clock { get; init; }

    /// <summary>How long a clone may take until it runs, scaled by <see cref="QemuSettings.TimeoutScale"/>; past it the machine is booted instead. Default: 30 s.</summary>
    public TimeSpan CloneTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
