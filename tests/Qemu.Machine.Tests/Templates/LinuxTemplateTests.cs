using System.Globalization;
using Qemu.Machine;
using Tests.Qemu.Machine.Shell;

namespace Tests.Qemu.Machine;

/// <summary>What only a whole operating system shows: disk, network and virtio-serial at work on both sides of the save.</summary>
public sealed class LinuxTemplateTests : IDisposable
{
    private readonly TempRoot _root = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("q35", QemuVersions.Host)]
    [InlineData("pc", QemuVersions.Host)]
    [InlineData("q35", QemuVersions.Newer)]
    public async Task Clones_of_a_machine_with_disk_network_and_virtio_serial_are_their_own(string type, string version)
    {
        string image = _root.File("disk.img");
        await File.WriteAllBytesAsync(image, new byte[1024 * 1024], Token);
        QemuMachineBuilder builder = (await LinuxGuest.BuilderAsync())
            .WithMachine(type)
            .WithDisk(image)
            .WithUserNetwork(8080)
            .WithConsole("virtconsole")
            .ReadyWhen(Readiness.All(Readiness.Console("GUEST READY"), Readiness.When("disk and network set up", SetUpAsync)), TimeSpan.FromMinutes(3))
            .WithTemplate(new TemplateOptions { Clock = GuestClock.Shell, CloneTimeout = TimeSpan.FromMinutes(2) });
        await using QemuTemplate template = await QemuTemplate.CreateAsync(builder.Spec with { Binary = QemuVersions.Binary(version) }, Token);

        await using QemuMachine first = await template.CloneAsync(Token);
        await using QemuMachine second = await template.CloneAsync(Token);
        await RunAsync(first, "echo first-clone >/dev/vda; sync");

        Assert.All([first, second], clone => Assert.Equal((MachineStartKind.Clone, null), (clone.LatestStart!.Kind, clone.LatestStart.Reason)));
        Assert.Equal("first-clone", await RunAsync(first, "head -n 1 /dev/vda"));
        Assert.Equal("template", await RunAsync(second, "head -n 1 /dev/vda"));
        Assert.Equal(new byte[1024 * 1024], await File.ReadAllBytesAsync(image, Token));

        await second.Consoles[1].SendLineAsync("echo on-$((40+2))-virtio", Token);
        await second.Consoles[1].WaitForAsync("on-42-virtio", TimeSpan.FromMinutes(1), cancellationToken: Token);

        long clock = long.Parse(await RunAsync(second, "date +%s"), CultureInfo.InvariantCulture);
        Assert.True(clock >= template.CreatedAt.ToUnixTimeSeconds(), "the guest's clock was set");
        Assert.NotEqual(await RandomAsync(first), await RandomAsync(second));
    }

    [Fact]
    public async Task Guest_serves_from_behind_the_clones_own_port()
    {
        QemuMachineBuilder builder = (await LinuxGuest.BuilderAsync())
            .WithUserNetwork(8080)
            .ReadyWhen(Readiness.All(Readiness.Console("GUEST READY"), Readiness.When("served", ServeAsync)), TimeSpan.FromMinutes(3));
        await using QemuTemplate template = await QemuTemplate.CreateAsync(builder, Token);
        await using QemuMachine first = await template.CloneAsync(Token);
        await using QemuMachine second = await template.CloneAsync(Token);

        await RunAsync(second, "echo second >/www/index.html");

        Assert.Equal("template\n", await ReadAsync(first));
        Assert.Equal("second\n", await ReadAsync(second));
    }

    private static async Task<string> ReadAsync(QemuMachine machine)
    {
        using HttpClient http = machine.CreateHttpClient(8080);
        return await http.GetStringAsync("index.html", Token);
    }

    private static async Task SetUpAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        await RunAsync(machine, "echo template >/dev/vda; sync");
        await RunAsync(machine, "ip link set eth0 up");
    }

    private static async Task ServeAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        await RunAsync(machine, "ip link set lo up; ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0");
        await RunAsync(machine, "mkdir /www; echo template >/www/index.html; httpd -p 8080 -h /www");
    }

    /// <summary>Asked for at once, before anything else can have stirred the pool.</summary>
    private static Task<string> RandomAsync(QemuMachine machine) => RunAsync(machine, "head -c 16 /dev/urandom | base64");

    private static async Task<string> RunAsync(QemuMachine machine, string command)
    {
        ShellResult result = await machine.Shell.RunAsync(command, TimeSpan.FromMinutes(1));
        Assert.True(result.ExitCode == 0, $"`{command}`: {result.Output}");
        return result.Output.Trim();
    }
}
