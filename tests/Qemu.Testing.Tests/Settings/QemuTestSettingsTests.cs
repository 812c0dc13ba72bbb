using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Settings;

public sealed class QemuTestSettingsTests
{
    [Fact]
    public void Nothing_set_leaves_the_defaults()
    {
        QemuTestSettings settings = Read();

        Assert.Null(settings.Accelerator);
        Assert.Equal(ArtifactKeeping.Evidence, settings.Keep);
        Assert.Null(settings.MaxMachines);
        Assert.Null(settings.Memory);
        Assert.Empty(settings.Require);
        Assert.Equal(1, settings.TimeoutScale);
        Assert.Equal(QemuSettings.Default, settings.Machine);
    }

    [Fact]
    public void Each_variable_arrives()
    {
        QemuTestSettings settings = Read(
            ("ACCEL", "tcg,thread=single"), ("BINARY_DIR", "/usr"), ("ARTIFACTS", "/nowhere/artifacts"), ("CACHE", "/nowhere/cache"),
            ("KEEP", "all"), ("MAX_MACHINES", "3"), ("MEMORY", "8G"), ("REQUIRE", "accel, binary"), ("TIMEOUT_SCALE", "2.5"));

        Assert.Equal("tcg,thread=single", settings.Accelerator);
        Assert.Equal("/usr", settings.BinaryDirectory);
        Assert.Equal("/nowhere/artifacts", settings.ArtifactsDirectory);
        Assert.Equal("/nowhere/cache", settings.CacheDirectory);
        Assert.Equal(ArtifactKeeping.All, settings.Keep);
        Assert.Equal(3, settings.MaxMachines);
        Assert.Equal(8L << 30, settings.Memory);
        Assert.Equal(["accel", "binary"], settings.Require);
        Assert.Equal(2.5, settings.TimeoutScale);
        Assert.Equal(
            new QemuSettings { Accelerator = "tcg,thread=single", BinaryDirectory = "/usr", CacheDirectory = "/nowhere/cache", TimeoutScale = 2.5 },
            settings.Machine);
    }

    [Theory]
    [InlineData("90", 90)]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1h", 3600)]
    [InlineData("off", null)]
    [InlineData("", 600)]
    public void Watchdogs_patience_is_a_time_or_none(string value, int? seconds) =>
        Assert.Equal(seconds is { } number ? TimeSpan.FromSeconds(number) : null, Read(("WATCHDOG", value)).Watchdog);

    [Theory]
    [InlineData("WATCHDOG", "0", "90s, 5m or 1h, or off")]
    [InlineData("WATCHDOG", "m", "90s, 5m or 1h, or off")]
    [InlineData("WATCHDOG", "99999h", "90s, 5m or 1h, or off")]
    [InlineData("ACCEL", "kmv", "kvm")]
    [InlineData("BINARY_DIR", "/nowhere", "a directory that exists")]
    [InlineData("ARTIFACTS", "/etc/passwd", "this is a file")]
    [InlineData("CACHE", "/etc/passwd", "this is a file")]
    [InlineData("KEEP", "everything", "failed, all")]
    [InlineData("MAX_MACHINES", "0", "at least 1")]
    [InlineData("MAX_MACHINES", "many", "at least 1")]
    [InlineData("MEMORY", "8X", "512M")]
    [InlineData("MEMORY", "-1", "512M")]
    [InlineData("MEMORY", "G", "512M")]
    [InlineData("MEMORY", "9999999999T", "512M")]
    [InlineData("REQUIRE", "accel,,binary", "a comma between")]
    [InlineData("TIMEOUT_SCALE", "0", "positive")]
    [InlineData("TIMEOUT_SCALE", "2,5", "positive")]
    [InlineData("TIMEOUT_SCALE", "NaN", "positive")]
    public void Bad_value_is_an_error_that_names_variable_value_and_what_is_allowed(string name, string value, string allowed)
    {
        QemuConfigurationException error = Assert.Throws<QemuConfigurationException>(() => Read((name, value)));

        Assert.Contains($"XUNIT_QEMU_{name}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("512", 512L << 20)]
    [InlineData("512K", 512L << 10)]
    [InlineData("512m", 512L << 20)]
    [InlineData("2T", 2L << 40)]
    public void Size_is_read_as_qemu_reads_it(string value, long bytes) => Assert.Equal(bytes, Read(("MEMORY", value)).Memory);

    [Fact]
    public void Empty_variable_counts_as_unset() => Assert.Null(Read(("ACCEL", "")).Accelerator);

    private static QemuTestSettings Read(params (string Name, string Value)[] variables) =>
        QemuTestSettings.From(name => variables.FirstOrDefault(variable => $"XUNIT_QEMU_{variable.Name}" == name).Value);
}
