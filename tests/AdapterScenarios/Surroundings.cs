using Qemu.Machine;
using Xunit;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>What the settings from outside decide holds wherever the process asks, and not in the tests of ours alone.</summary>
public sealed class Surroundings(Surroundings.OwnFixture fixture) : IClassFixture<Surroundings.OwnFixture>
{
    private static readonly string? s_cache = Environment.GetEnvironmentVariable("XUNIT_QEMU_CACHE");

    [Fact]
    public void Machine_of_a_plain_fact() => Assert.Equal(s_cache, new QemuMachineBuilder().Spec.Settings.CacheDirectory);

    [Fact]
    public void Machine_of_another_fixture() => Assert.Equal(s_cache, fixture.Machine.Settings.CacheDirectory);

    [Fact]
    public async Task Guest_image_of_a_plain_fact() => Assert.StartsWith(s_cache ?? "/", await BuildImageAsync(), StringComparison.Ordinal);

    [QemuFact]
    public async Task Guest_image() => Assert.StartsWith(s_cache ?? "/", await BuildImageAsync(), StringComparison.Ordinal);

    private static Task<string> BuildImageAsync() => new Initramfs().WithInit("#!/bin/sh\n").BuildAsync();

    public sealed class OwnFixture
    {
        public QemuMachineSpec Machine { get; } = new QemuMachineBuilder().Spec;
    }
}
