namespace Qemu.Machine;

/// <summary>What the surroundings of a test run decide: this layer reads no environment variables, whoever uses it passes these.</summary>
public sealed record QemuSettings
{
    /// <summary>Nothing set: each property at its documented default.</summary>
    public static QemuSettings Default { get; } = new();

    /// <summary>The folder that is searched for QEMU programs before PATH; null for PATH alone.</summary>
    public string? BinaryDirectory { get; init; }

    /// <summary>The accelerator of every machine that names none; null leaves the choice to QEMU, which is TCG.</summary>
    public string? Accelerator { get; init; }

    /// <summary>Where kernels, templates and host facts are cached; null: <c>xunit-qemu</c> in the user's cache directory.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>How much room the templates in the cache may take, in bytes; beyond that the least recently used are removed. Default: 8 GiB.</summary>
    public long TemplateCacheSize { get; init; } = 8L * 1024 * 1024 * 1024;

    /// <summary>Factor on default deadlines, for slow hosts. Default: 1. Must be positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public double TimeoutScale
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A factor on deadlines is positive.");
    } = 1;

    internal TimeSpan Scale(TimeSpan timeout) => TimeLimits.Scale(timeout, TimeoutScale);
}
