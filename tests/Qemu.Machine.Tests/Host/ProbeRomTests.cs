using Qemu.Machine;

namespace Tests.Qemu.Machine;

public sealed class ProbeRomTests : IDisposable
{
    private readonly string _image = Path.GetTempFileName();

    public ProbeRomTests() => File.WriteAllBytes(_image, ProbeRom.Image());

    public void Dispose() => File.Delete(_image);

    [Fact]
    public void Image_is_64_KiB_with_a_jump_at_the_reset_vector()
    {
        byte[] image = ProbeRom.Image();

        Assert.Equal(64 * 1024, image.Length);
        Assert.Equal(0xe9, image[^16]);
    }

    [Theory]
    [InlineData("pc", "qemu64", ProbeRom.Proven)]
    [InlineData("q35", "max", ProbeRom.Proven)]
    [InlineData("microvm", "qemu64", ProbeRom.Proven)]
    [InlineData("pc", "qemu32", ProbeRom.Without64BitMode)]
    public async Task Probe_ends_with_its_verdict_as_the_exit_code(string machine, string cpu, int verdict)
    {
        Assert.Equal(TestRom.DebugExitDevice, ProbeRom.Device);

        (int exitCode, byte[] output) = await RomGuest.RunAsync(_image, "", "-machine", machine, "-cpu", cpu);

        Assert.Equal(verdict, exitCode);
        Assert.Empty(output);
    }
}
