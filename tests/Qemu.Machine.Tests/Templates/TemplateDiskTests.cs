using System.Diagnostics;
using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>Disks are written and read by QEMU itself, as a guest's requests would: what is where does not depend on a guest.</summary>
public sealed class TemplateDiskTests : IDisposable
{
    private const int Size = 2 * 1024 * 1024;

    private readonly TemplateHome _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("pc", "raw")]
    [InlineData("q35", "qcow2")]
    [InlineData("microvm", "raw")]
    public async Task Writes_of_template_and_clones_are_their_own_and_the_image_is_only_read(string machine, string format)
    {
        byte[] content = new byte[Size];
        Array.Fill(content, (byte)0x11, 0, 4096);
        string raw = _home.WriteFile("disk.img", content);
        string image = raw;
        if (format == "qcow2")
        {
            image = Path.Combine(_home.Root, "disk.qcow2");
            Qcow2Image.Create(image, raw, "raw");
        }

        byte[] before = await File.ReadAllBytesAsync(image, Token);
        QemuMachineBuilder builder = RomMachine.Describe(machine).WithDisk(image)
            .ReadyWhen(Readiness.When("disk written", (vm, _) => DiskProbe.WriteAsync(vm, "disk0", "0x5a", 65536)));
        await using QemuTemplate template = await QemuTemplate.CreateAsync(builder, Token);
        await using QemuMachine first = await template.CloneAsync(Token);
        await DiskProbe.WriteAsync(first, "disk0", "0x77", 65536);
        await using QemuMachine second = await template.CloneAsync(Token);

        await DiskProbe.HoldsAsync(first, "disk0", "0x77", 65536);
        await DiskProbe.HoldsAsync(first, "disk0", "0x11", 0);
        await DiskProbe.HoldsAsync(second, "disk0", "0x5a", 65536);
        await DiskProbe.HoldsAsync(second, "disk0", "0x11", 0);
        await first.ShutdownAsync(cancellationToken: Token);
        await using QemuMachine third = await template.CloneAsync(Token);
        await DiskProbe.HoldsAsync(third, "disk0", "0x5a", 65536);

        // One that booted instead would have written as the template did.
        Assert.All([first, second, third], clone => Assert.Equal((MachineStartKind.Clone, null), (clone.LatestStart!.Kind, clone.LatestStart.Reason)));
        Assert.Equal(before, await File.ReadAllBytesAsync(image, Token));
        Assert.Equal(content, await File.ReadAllBytesAsync(raw, Token));
    }

    [Fact]
    public async Task Image_is_only_read_by_a_machine_that_boots_instead_of_being_cloned()
    {
        string image = _home.WriteFile("disk.img", new byte[Size]);
        await using QemuMachine machine = _home.Describe().WithDisk(image).WithDevice("nvme,serial=x").Build();
        await machine.StartAsync(Token);
        Assert.Equal(MachineStartKind.FallbackBoot, machine.LatestStart!.Kind);

        await DiskProbe.WriteAsync(machine, "disk0", "0x5a", 0);
        await machine.ShutdownAsync(cancellationToken: Token);

        Assert.Equal(new byte[Size], await File.ReadAllBytesAsync(image, Token));
    }

    [Fact]
    public async Task Read_only_disk_stays_the_users_image()
    {
        string image = _home.WriteFile("disk.img", new byte[Size]);
        await using QemuMachine machine = _home.Describe().WithDisk(image, readOnly: true).Build();

        await machine.StartAsync(Token);

        Assert.Contains(image, machine.CommandLine);
        Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind);
    }

    [Fact]
    public async Task Variable_store_of_firmware_is_only_read_too()
    {
        byte[] store = new byte[64 * 1024];
        string code = _home.WriteFile("code.fd", await File.ReadAllBytesAsync(TestRom.Path, Token));
        string variables = _home.WriteFile("vars.fd", store);
        QemuMachineBuilder builder = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithMemory("32M").WithAccelerator("tcg")
            .WithFlash(code, variables).WithConsole().ReadyWhen(Readiness.Console(TestRom.Ready));
        await using QemuTemplate template = await QemuTemplate.CreateAsync(builder, Token);

        await using QemuMachine clone = await template.CloneAsync(Token);
        await DiskProbe.WriteAsync(clone, "pflash1", "0x5a", 0);
        await clone.ShutdownAsync(cancellationToken: Token);

        Assert.Equal(store, await File.ReadAllBytesAsync(variables, Token));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1000)]
    [InlineData(700L * 1024 * 1024)]
    [InlineData(5L * 1024 * 1024 * 1024 * 1024)]
    public async Task Overlay_is_what_qemu_img_expects(long length)
    {
        string image = Path.Combine(_home.Root, "sparse, with a comma.img");
        await using (FileStream file = File.Create(image))
            file.SetLength(length);
        string overlay = Path.Combine(_home.Root, "overlay.qcow2");

        Qcow2Image.Create(overlay, image, "raw");

        long rounded = (length + 511) / 512 * 512;
        Assert.Equal(new Qcow2Header(rounded, image), Qcow2Header.Read(overlay));
        string info = await QemuImgAsync("info", "--output=json", overlay);
        Assert.Contains($"\"virtual-size\": {rounded}", info);
        Assert.Contains("\"backing-filename-format\": \"raw\"", info);
        Assert.Contains("No errors were found", await QemuImgAsync("check", overlay));
    }

    [Fact]
    public async Task Writable_disk_of_another_format_is_refused()
    {
        string image = _home.WriteFile("disk.vmdk", new byte[512]);

        QemuConfigurationException error = await Assert.ThrowsAsync<QemuConfigurationException>(
            () => QemuTemplate.CreateAsync(RomMachine.Describe().WithDisk(image, format: "vmdk"), Token));

        Assert.Contains("vmdk", error.Message);
        Assert.Contains("qemu-img convert", error.Message);
    }

    private static async Task<string> QemuImgAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("qemu-img", arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return output;
    }
}
