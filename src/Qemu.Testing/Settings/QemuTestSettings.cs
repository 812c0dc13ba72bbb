using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>What the surroundings of a test run decide, from the <c>XUNIT_QEMU_*</c> environment variables. Read nowhere else.</summary>
public sealed record QemuTestSettings
{
    private static readonly Lazy<QemuTestSettings> s_current = new(FromEnvironment);

    /// <summary>The settings of this process, read when they are first needed.</summary>
    /// <exception cref="QemuConfigurationException">A variable has a value that is not allowed.</exception>
    public static QemuTestSettings Current => s_current.Value;

    /// <summary><c>XUNIT_QEMU_ACCEL</c>: the accelerator of machines that name none; null leaves it to QEMU.</summary>
    public string? Accelerator { get; init; }

    /// <summary><c>XUNIT_QEMU_BINARY_DIR</c>: searched for QEMU programs before PATH.</summary>
    public string? BinaryDirectory { get; init; }

    /// <summary><c>XUNIT_QEMU_ARTIFACTS</c>: where evidence goes; null: <c>artifacts/qemu</c> under the repository's root.</summary>
    public string? ArtifactsDirectory { get; init; }

    /// <summary><c>XUNIT_QEMU_CACHE</c>: where kernels, templates and host facts are cached; null: <c>xunit-qemu</c> in the user's cache directory.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary><c>XUNIT_QEMU_KEEP</c>: <c>failed</c> or <c>all</c>.</summary>
    public ArtifactKeeping Keep { get; init; }

    /// <summary><c>XUNIT_QEMU_MAX_MACHINES</c>: how many machines may be there at a time; null: as many as fit.</summary>
    public int? MaxMachines { get; init; }

    /// <summary><c>XUNIT_QEMU_MEMORY</c>: how many bytes all machines together may have; null: what the host has free.</summary>
    public long? Memory { get; init; }

    /// <summary><c>XUNIT_QEMU_REQUIRE</c>: keywords of requirements that must not be skipped for (<c>kvm</c>, <c>device</c>, <c>all</c>); empty for none.</summary>
    public IReadOnlyList<string> Require { get; init; } = [];

    /// <summary><c>XUNIT_QEMU_TIMEOUT_SCALE</c>: factor on default deadlines. Default: 1.</summary>
    public double TimeoutScale { get; init; } = 1;

    /// <summary><c>XUNIT_QEMU_WATCHDOG</c>: how long a test may run before what its machines have to show is written down; null (<c>off</c>): as long as it likes. Default: ten minutes.</summary>
    public TimeSpan? Watchdog { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The CI service that runs the tests; none by default.</summary>
    internal CiService Ci { get; init; } = CiService.None;

    /// <summary>The part that machines take.</summary>
    public QemuSettings Machine => new()
    {
        Accelerator = Accelerator,
        BinaryDirectory = BinaryDirectory,
        CacheDirectory = CacheDirectory,
        TimeoutScale = TimeoutScale,
    };

    /// <summary>Reads the variables as they are now.</summary>
    /// <exception cref="QemuConfigurationException">A variable has a value that is not allowed; the message names it, the value and what is allowed.</exception>
    public static QemuTestSettings FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static QemuTestSettings From(Func<string, string?> read)
    {
        var reader = new SettingReader(read);
        return new QemuTestSettings
        {
            Accelerator = reader.Accelerator("ACCEL", Accelerators.BestAvailable, "tcg", "kvm", "hvf", "whpx", "nvmm", "mshv", "xen", "qtest"),
            BinaryDirectory = reader.ExistingDirectory("BINARY_DIR"),
            ArtifactsDirectory = reader.NewDirectory("ARTIFACTS"),
            CacheDirectory = reader.NewDirectory("CACHE"),
            Keep = reader.OneOf("KEEP", "failed", "all") switch
            {
                "failed" => ArtifactKeeping.FailedMachines,
                "all" => ArtifactKeeping.All,
                _ => ArtifactKeeping.Evidence,
            },
            MaxMachines = reader.PositiveNumber("MAX_MACHINES"),
            Memory = reader.Size("MEMORY"),
            Require = reader.Words("REQUIRE"),
            TimeoutScale = reader.PositiveFactor("TIMEOUT_SCALE") ?? 1,
            Watchdog = reader.Duration("WATCHDOG", orElse: TimeSpan.FromMinutes(10)),
            Ci = CiService.From(read),
        };
    }

    internal TimeSpan Scale(TimeSpan timeout) => timeout * TimeoutScale;
}
