using System.Globalization;
using System.Text.Json.Nodes;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Pages;

/// <summary>Reports to look at.</summary>
internal static class ReportSamples
{
    /// <summary>What a guest may print that means something to whom it should not.</summary>
    public const string Hostile = "</script><script>window.broken = 1</script><img src=x onerror='window.broken = 2'>&lt;{{data}}{{title}} \0 \u001b]0;title\u0007 \u202e \ufffd \u001b[2J \u001b[38;2;1;2;3mx\u001b[999m \u001b[38;5;";

    public static JsonObject Data(string verdict = TestEvidence.Failed) => new()
    {
        ["test"] = "Shop.Tests.CheckoutTests.Payment_survives_a_reboot(mode: \"hard\")",
        ["assembly"] = "Shop.Tests-net10.0",
        ["verdict"] = verdict,
        ["started"] = "2026-03-14T09:26:53.5897932Z",
        ["seconds"] = 12.345,
        ["title"] = verdict == TestEvidence.Passed ? null : "Waited 5 s for \"payment accepted\" on console 0 of machine ShopVm-4711-1.",
        ["type"] = "Qemu.Machine.QemuTimeoutException",
        ["message"] = "Waited 5 s for \"payment accepted\" on console 0 of machine ShopVm-4711-1.\nLast seen:\n  [  4.213] EXT4-fs (vda): recovery complete\n  shop: ledger locked, retrying",
        ["stack"] = "   at Qemu.Machine.GuestWaits.RunAsync[T](…)\n   at Shop.Tests.CheckoutTests.Payment_survives_a_reboot() in CheckoutTests.cs:line 42",
        ["machines"] = new JsonArray(new JsonObject
        {
            ["label"] = "ShopVm",
            ["name"] = "ShopVm-4711-1",
            ["state"] = "running, process 4712; QMP status: running; it was cloned from its template in 0.11 s",
            ["start"] = "clone",
            ["startSeconds"] = 0.113,
            ["launchSeconds"] = 0.071,
            ["readySeconds"] = null,
            ["accelerator"] = "tcg (what QEMU takes by itself)",
            ["command"] = "/usr/bin/qemu-system-x86_64 -display none -vga none -chardev socket,id=qmp,fd=4 -mon chardev=qmp,mode=control -machine q35 -m 256M -kernel /srv/guests/vmlinuz -append 'console=ttyS0 quiet panic=-1'",
            ["folder"] = "",
            ["panic"] = null,
            ["overlaps"] = new JsonArray(),
            ["diagnosis"] = new JsonObject { ["problem"] = "The ledger's disk is locked by another process.", ["fix"] = "End process 4699, or give the machine a copy of the image.", ["certain"] = true },
        }),
        ["pictures"] = new JsonArray(),
        ["files"] = new JsonArray("command.sh", "console.log", "qemu.log", "qmp.jsonl", "test.json", "test.txt", "timeline.jsonl"),
    };

    public static List<TimelineLine> Lines(int console)
    {
        var lines = new List<TimelineLine>
        {
            new(-0.21, "launch", "ShopVm", "QEMU starts: /usr/bin/qemu-system-x86_64 -display none …"),
            new(-0.14, "qmp-command", "ShopVm", "qmp_capabilities"),
            new(-0.139, "qmp-reply", "ShopVm", "{}"),
            new(-0.138, "launch", "ShopVm", "Launched in 0.071 s: QEMU 7.2.22, accelerator tcg, process 4712"),
        };
        for (int i = 0; i < console; i++)
        {
            string text = (i % 7) switch
            {
                0 => string.Create(CultureInfo.InvariantCulture, $"[{i / 100.0,10:0.000000}] pci 0000:00:{i % 32:x2}.0: reg 0x10: [mem 0x{i * 4096:x8}-0x{i * 4096 + 4095:x8}]"),
                1 => string.Create(CultureInfo.InvariantCulture, $"\u001b[32m  OK  \u001b[0m Started \u001b[1mshop worker {i}\u001b[0m"),
                2 => string.Create(CultureInfo.InvariantCulture, $"\u001b[33mwarning\u001b[0m: \u001b[38;5;208mledger {i}\u001b[0m is \u001b[7mlocked\u001b[0m"),
                _ => string.Create(CultureInfo.InvariantCulture, $"[{i / 100.0,10:0.000000}] shop: request {i} took {i * 7919 % 1000} us"),
            };
            lines.Add(new(i * 0.0001, "console", "ShopVm", text));
        }

        double end = Math.Max(10, console * 0.0001);
        lines.AddRange(
        [
            new(end + 0.1, "qmp-command", "ShopVm", "system_reset"),
            new(end + 0.11, "qmp-event", "ShopVm", "RESET {\"guest\":false,\"reason\":\"host-qmp-system-reset\"}"),
            new(end + 0.2, "test", "", "The test's own line: reboot asked for"),
            new(end + 0.3, "console", "ShopVm", Hostile),
            new(end + 0.4, "qemu", "ShopVm", "qemu-system-x86_64: warning: TCG doesn't support requested feature"),
            new(end + 1, "failure", "", "Waited 5 s for \"payment accepted\" on console 0 of machine ShopVm-4711-1."),
            new(end + 1.1, "qmp-command", "ShopVm", "query-status"),
        ]);
        return lines;
    }

    public static string Write(string directory, int console, params IEnumerable<byte[]> pictures)
    {
        const string verdict = TestEvidence.Failed;
        byte[][] shown = [.. pictures];
        JsonObject data = Data(verdict);
        data["pictures"] = new JsonArray([.. shown.Select((_, i) => (JsonNode)JsonValue.Create($"screenshot-{i + 1}.png"))]);
        string path = Path.Combine(directory, "report.html");
        File.WriteAllBytes(path, PageTemplate.Fill("report", $"{verdict} {Hostile}", ReportPage.Compress(data, Lines(console)), shown));
        return path;
    }
}
