using System.Text;
using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace TextInstaller;

/// <summary>A tester with eyes and hands: it looks at the screen, and types.</summary>
public sealed class InstallerTests : IDisposable
{
    private static readonly ScreenColor s_question = new(0x00, 0x00, 0xAA);
    private static readonly ScreenColor s_warning = new(0xAA, 0x55, 0x00);
    private static readonly ScreenColor s_refusal = new(0xAA, 0x00, 0x00);
    private static readonly ScreenColor s_done = new(0x00, 0xAA, 0x00);

    private readonly string _disk = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".img");

    public InstallerTests()
    {
        using FileStream disk = File.Create(_disk);
        disk.SetLength(1024 * 1024);
    }

    public void Dispose() => File.Delete(_disk);

    [QemuFact]
    public async Task Name_that_is_typed_is_on_the_disk_after_the_installation()
    {
        await using QemuMachine machine = (await Installer.OnAsync(_disk)).Build();
        await machine.StartAsync();

        Screenshot question = await SeesAsync(machine, s_question);
        await machine.Screen.TypeAsync("Build-Server 7\n");
        Screenshot warning = await SeesAsync(machine, s_warning);
        await machine.Screen.TypeAsync("y\n");
        await SeesAsync(machine, s_done);
        await machine.Screen.SendKeysAsync("ctrl-alt-delete");
        await QemuAssert.ShutsDownAsync(machine);

        Assert.Equal("name=Build-Server 7\n", await FirstLineAsync());
        Assert.False(question.Png.Span.SequenceEqual(warning.Png.Span));
    }

    [QemuFact]
    public async Task Disk_stays_as_it_was_when_the_question_is_answered_with_no()
    {
        await using QemuMachine machine = (await Installer.OnAsync(_disk)).Build();
        await machine.StartAsync();

        await SeesAsync(machine, s_question);
        await machine.Screen.TypeAsync("x\n");
        await SeesAsync(machine, s_warning);
        await machine.Screen.SendKeysAsync("n", "enter");
        await SeesAsync(machine, s_refusal);

        Assert.Equal("\0", await FirstLineAsync());
    }

    // A page is known by its background, in the lower right corner.
    private static Task<Screenshot> SeesAsync(QemuMachine machine, ScreenColor page) =>
        machine.Screen.WaitForColorAsync(1, 1, page, timeout: TimeSpan.FromMinutes(1));

    private async Task<string> FirstLineAsync()
    {
        await using var disk = new FileStream(_disk, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] start = new byte[64];
        await disk.ReadExactlyAsync(start);
        int end = start.AsSpan().IndexOf((byte)'\0');
        return Encoding.UTF8.GetString(start, 0, Math.Max(1, end));
    }
}
