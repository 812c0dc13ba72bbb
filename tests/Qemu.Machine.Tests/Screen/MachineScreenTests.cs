using Qemu.Machine;
using Qemu.Qmp;
using Tests.Qemu.Machine.Shell;

namespace Tests.Qemu.Machine.Screen;

public sealed class MachineScreenTests
{
    [Fact(Timeout = 300_000)]
    public async Task Screen_shows_what_is_typed_on_the_keyboard()
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync("console=tty0 console=ttyS0")).WithDisplay().Build();
        await machine.StartAsync();
        Screenshot before = await machine.Screen.WaitUntilStillAsync();

        await machine.Screen.TypeAsync("echo \"Typed: $((6*7))\" >/tmp/typed; echo DONE >/dev/ttyS0\n");
        await machine.Console.WaitForAsync("DONE");
        Screenshot after = await machine.Screen.WaitUntilStillAsync();

        Assert.Equal("Typed: 42\n", (await machine.Shell.RunAsync("cat /tmp/typed")).Output);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], before.Png[..4].ToArray());
        Assert.True(before.Width >= 640 && before.Height >= 400, $"{before.Width} x {before.Height}");
        Assert.False(before.Png.Span.SequenceEqual(after.Png.Span));

        await machine.Screen.SendKeysAsync("ctrl-l", "enter");
        await Assert.ThrowsAsync<QmpCommandException>(() => machine.Screen.SendKeysAsync("no_such_key"));
        await Assert.ThrowsAsync<ArgumentException>(() => machine.Screen.TypeAsync("ü"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Screen_that_never_stands_still_times_out()
    {
        await using QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithAccelerator("tcg").WithDisplay().Build();
        await machine.LaunchAsync();

        var error = await Assert.ThrowsAsync<QemuTimeoutException>(() => machine.Screen.WaitUntilStillAsync(quiet: TimeSpan.FromHours(1), timeout: TimeSpan.FromSeconds(1)));

        Assert.Contains("to stand still", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Colour_is_waited_for_and_a_wrong_one_is_named()
    {
        await using QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithAccelerator("tcg").WithDisplay().Build();
        await machine.LaunchAsync();

        await machine.Screen.WaitForColorAsync(1, 1, new ScreenColor(0, 0, 0));
        var error = await Assert.ThrowsAsync<QemuTimeoutException>(() => machine.Screen.WaitForColorAsync(1, 1, new ScreenColor(1, 2, 250), timeout: TimeSpan.FromMilliseconds(500)));

        Assert.Contains("to be #0102fa at (1, 1)", error.Message, StringComparison.Ordinal);
        Assert.Contains("it is #000000", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => machine.Screen.WaitForColorAsync(1.1, 0, default));
    }

    [Fact(Timeout = 60_000)]
    public async Task Mouse_moves_and_clicks_where_there_is_a_tablet()
    {
        await using QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithAccelerator("tcg").WithDisplay().WithDevice("virtio-tablet-pci").Build();
        await machine.LaunchAsync();

        await machine.Screen.MoveMouseAsync(0.5, 1);
        await machine.Screen.ClickAsync(MouseButton.Right);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => machine.Screen.MoveMouseAsync(0, 1.5));
    }

    [Fact(Timeout = 60_000)]
    public async Task Picture_of_a_machine_that_ends_meanwhile_throws_the_end()
    {
        await using QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithAccelerator("tcg").WithDisplay().Build();
        await machine.LaunchAsync();
        machine.Observers.Add(new KillingObserver(machine, "screendump"));

        await Assert.ThrowsAsync<QemuExitedException>(() => machine.Screen.ScreenshotAsync());
    }

    [Fact]
    public void Machine_without_screen_says_what_to_add() =>
        Assert.Contains(".WithDisplay()", Assert.Throws<QemuConfigurationException>(() => new QemuMachineBuilder("qemu-system-x86_64").Build().Screen).Message, StringComparison.Ordinal);
}
