using System.Text;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Panic;

public sealed class PanicRuleTests
{
    [Theory]
    [InlineData("[    2.123456] Kernel panic - not syncing: VFS: Unable to mount root fs", "kernel panic", "Kernel panic - not syncing: VFS: Unable to mount root fs")]
    [InlineData("/ # Kernel panic - not syncing: at a prompt", "kernel panic", "Kernel panic - not syncing: at a prompt")]
    [InlineData("root@guest:~$ [    2.123456] Kernel panic - not syncing: sysrq", "kernel panic", "Kernel panic - not syncing: sysrq")]
    [InlineData("login: Kernel panic - not syncing: no shell yet", "kernel panic", "Kernel panic - not syncing: no shell yet")]
    [InlineData("<0>[    2.123456] Kernel panic - not syncing: raw", "kernel panic", "Kernel panic - not syncing: raw")]
    [InlineData("[    2.123456][    T1] kernel BUG at fs/ext4/inode.c:123!", "kernel bug", "kernel BUG at fs/ext4/inode.c:123!")]
    [InlineData("[    5.0] BUG: KASAN: slab-out-of-bounds in foo+0x1/0x2", "kernel sanitizer", "BUG: KASAN: slab-out-of-bounds in foo+0x1/0x2")]
    [InlineData("[    5.000000] UBSAN: shift-out-of-bounds in lib/foo.c:3:4", "ubsan", "UBSAN: shift-out-of-bounds in lib/foo.c:3:4")]
    [InlineData("[    5.000000] BUG: unable to handle page fault for address: ffff", "oops", "BUG: unable to handle page fault for address: ffff")]
    [InlineData("[    5.000000] BUG: kernel NULL pointer dereference, address: 0000000000000000", "oops", "BUG: kernel NULL pointer dereference, address: 0000000000000000")]
    [InlineData("[    5.000000] Unable to handle kernel paging request at virtual address dead", "oops", "Unable to handle kernel paging request at virtual address dead")]
    [InlineData("[    5.000000] general protection fault, probably for non-canonical address 0xdead: 0000 [#1] PREEMPT SMP", "oops", "general protection fault, probably for non-canonical address 0xdead")]
    [InlineData("[    5.000000] Internal error: Oops: 96000045 [#1] SMP", "oops", "Internal error: Oops")]
    [InlineData("[    5.000000] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [sh:1]", "lockup", "BUG: soft lockup - CPU#0 stuck for 22s! [sh:1]")]
    [InlineData("[    5.000000] BUG: scheduling while atomic: sh/1/0x2", "kernel complaint", "BUG: scheduling while atomic: sh/1/0x2")]
    [InlineData("[  242.000000] INFO: task sh:1 blocked for more than 120 seconds.", "hung task", "INFO: task sh:1 blocked for more than 120 seconds.")]
    [InlineData("[   60.000000] rcu: INFO: rcu_sched self-detected stall on CPU", "rcu stall", "rcu: INFO: rcu_sched self-detected stall on CPU")]
    [InlineData("[   60.000000] Out of memory: Killed process 1 (init) total-vm:1kB", "init killed", "Out of memory: Killed process 1 (init) total-vm:1kB")]
    [InlineData("You are in emergency mode. After logging in,", "emergency shell", "You are in emergency mode. After logging in,")]
    [InlineData("ALERT!  UUID=1 does not exist.  Dropping to a shell!", "emergency shell", "Dropping to a shell!")]
    [InlineData("Entering rescue mode...", "grub", "GRUB: rescue mode")]
    [InlineData("!!!! X64 Exception Type - 0D(#GP - General Protection)  CPU Apic ID - 00000000 !!!!", "firmware exception", "X64 Exception Type - 0D(#GP - General Protection)  CPU Apic ID - 00000000")]
    [InlineData("BdsDxe: No bootable option or device was found.", "boot failure", "No bootable option or device was found.")]
    public void Line_of_a_broken_guest_is_seen_with_its_title(string line, string rule, string title)
    {
        PanicSighting? sighting = new PanicScanner(PanicRules.Default).Feed(Encoding.UTF8.GetBytes($"before\r\n\u001b[1m{line}\u001b[0m\r\nafter\r\n"), 1000);

        Assert.Equal(new PanicSighting(rule, title, 1008), sighting);
    }

    [Theory]
    [InlineData("[    5.000000] traps: sh[42] general protection fault ip:55 sp:7f error:0 in sh")]
    [InlineData("[    5.000000] sh[42]: segfault at 0 ip 0 sp 0 error 14")]
    [InlineData("my program says BUG: nothing")]
    [InlineData("[    5.000000] Out of memory: Killed process 123 (stress)")]
    [InlineData("---[ end Kernel panic - not syncing: test ]---")]
    [InlineData("see (initramfs) in the manual")]
    [InlineData("step [#3] of the build")]
    [InlineData("/ # echo Kernel panic - not syncing: typed")]
    [InlineData("/ # echo 'kernel BUG at fs/ext4/inode.c:123!'")]
    [InlineData("dmesg has no Kernel panic - not syncing, nor BUG: KASAN: anything")]
    public void Line_of_a_sound_guest_is_not(string line) =>
        Assert.Null(new PanicScanner(PanicRules.Default).Feed(Encoding.UTF8.GetBytes(line + "\r\n"), 0));

    [Fact]
    public void Line_is_seen_however_it_is_cut()
    {
        byte[] text = Encoding.UTF8.GetBytes("some\nKernel panic - not syncing: test\nmore\n");
        for (int size = 1; size <= text.Length; size++)
        {
            var scanner = new PanicScanner(PanicRules.Default);
            var seen = new List<PanicSighting?>();
            for (int i = 0; i < text.Length; i += size)
                seen.Add(scanner.Feed(text.AsSpan(i, Math.Min(size, text.Length - i)), i));

            Assert.Equal(new PanicSighting("kernel panic", "Kernel panic - not syncing: test", 5), Assert.Single(seen, sighting => sighting is not null));
        }
    }

    [Theory]
    [InlineData("grub rescue> ")]
    [InlineData("(initramfs) ")]
    public void Prompt_is_seen_without_a_line_end(string prompt) =>
        Assert.NotNull(new PanicScanner(PanicRules.Default).Feed(Encoding.UTF8.GetBytes("text\r\n" + prompt), 0));

    [Fact]
    public void Line_that_the_end_cut_off_counts_as_it_is()
    {
        var scanner = new PanicScanner(PanicRules.Default);

        Assert.Null(scanner.Feed("Kernel panic - not syncing: Att"u8, 0));
        Assert.Equal("Kernel panic - not syncing: Att", scanner.Finish(31)?.Title);
    }

    [Fact]
    public void Stream_without_line_ends_takes_bounded_memory_and_hides_nothing()
    {
        var scanner = new PanicScanner(PanicRules.Default);
        byte[] endless = new byte[64 * 1024];
        Array.Fill(endless, (byte)'x');
        long offset = 0;
        for (int i = 0; i < 200; i++, offset += endless.Length)
            Assert.Null(scanner.Feed(endless, offset));

        Assert.NotNull(scanner.Feed("\nKernel panic - not syncing: late\n"u8, offset));
    }
}
