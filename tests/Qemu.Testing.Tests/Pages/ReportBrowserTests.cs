using System.Text.Json;
using Qemu.Machine;
using Qemu.Testing;
using Tests.Qemu.Testing.Browser;

namespace Tests.Qemu.Testing.Pages;

/// <summary>The pages as a browser shows them. The pictures are left in <c>artifacts/pages</c> beside the test assembly, to be looked at.</summary>
public sealed class ReportBrowserTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("qemu-report-");
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(4));

    private CancellationToken Token => _limit.Token;

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        _limit.Dispose();
    }

    [Fact]
    public async Task Report_of_100_000_lines_is_filtered_searched_and_jumped_in()
    {
        string path = ReportSamples.Write(_directory.FullName, 100_000);
        Assert.InRange(new FileInfo(path).Length, 10_000, 500_000);
        await using HeadlessBrowser browser = await HeadlessBrowser.StartAsync(Token);
        await using BrowserPage page = await browser.OpenAsync(path, dark: false, Token);

        Assert.Equal("FAILED", await page.TextAsync("#verdict", Token));
        Assert.Contains("Payment_survives_a_reboot", await page.TextAsync("h1", Token), StringComparison.Ordinal);
        Assert.Contains("payment accepted", await page.TextAsync("#headline", Token), StringComparison.Ordinal);
        Assert.Contains("End process 4699", await page.TextAsync("#headline", Token), StringComparison.Ordinal);
        Assert.InRange(await NumberAsync(page, "document.querySelectorAll('.row').length"), 10, 200);
        Assert.InRange(await NumberAsync(page, "lines.length"), 20_000, 101_000);
        Assert.Equal(await NumberAsync(page, "lines.length * rowHeight"), await NumberAsync(page, "document.getElementById('space').offsetHeight"));
        Assert.Contains("lines are left out here", (await page.EvaluateAsync("lines.find(line => line.source === 'note').text", Token)).GetString(), StringComparison.Ordinal);

        await page.ClickAsync(".chip.console", Token);
        Assert.Equal("false", (await page.EvaluateAsync("document.querySelector('.chip.console').getAttribute('aria-pressed')", Token)).GetString());
        Assert.Equal(0, await NumberAsync(page, "document.querySelectorAll('.row.console').length"));
        Assert.InRange(await NumberAsync(page, "document.querySelectorAll('.row').length"), 8, 20);
        await page.ClickAsync(".chip.console", Token);

        await page.ClickAsync("#search", Token);
        await page.TypeAsync("host-qmp-system-reset", Token);
        await page.WaitForAsync("document.getElementById('found').textContent === '1 of 1'", Token);
        Assert.Contains("RESET", await page.TextAsync(".row[aria-selected='true'] .text", Token), StringComparison.Ordinal);
        Assert.Contains("qmp-event", await page.EvaluateAsync("document.querySelector('.row[aria-selected=true]').className", Token) is var name ? name.GetString() : "", StringComparison.Ordinal);

        await page.EvaluateAsync("document.getElementById('list').scrollTop = 0", Token);
        await page.ClickAsync("#jump", Token);
        await page.WaitForAsync("document.querySelector('.row[aria-selected=true]')?.classList.contains('failure')", Token);
        Assert.Contains("payment accepted", await page.TextAsync("#detail pre", Token), StringComparison.Ordinal);
        Assert.True((await page.EvaluateAsync(
            "(() => { const l = document.getElementById('list').getBoundingClientRect(), r = document.querySelector('.row[aria-selected=true]').getBoundingClientRect(); return r.top >= l.top && r.bottom <= l.bottom; })()",
            Token)).GetBoolean());

        await SaveAsync(page, "report-light.png");
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Guest_text_is_text_and_nothing_else()
    {
        string path = ReportSamples.Write(_directory.FullName, 300);
        await using HeadlessBrowser browser = await HeadlessBrowser.StartAsync(Token);
        await using BrowserPage page = await browser.OpenAsync(path, dark: true, Token);

        await page.ClickAsync("#search", Token);
        await page.TypeAsync("window.broken", Token);
        await page.WaitForAsync("document.getElementById('found').textContent === '1 of 1'", Token);
        string shown = await page.TextAsync("#detail pre", Token);
        Assert.Contains("</script><script>window.broken = 1</script><img src=x onerror='window.broken = 2'>&lt;{{data}}", shown, StringComparison.Ordinal);
        Assert.Contains("\u2400", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", shown, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, (await page.EvaluateAsync("window.broken ?? null", Token)).ValueKind);
        Assert.Equal(0, await NumberAsync(page, "document.querySelectorAll('main img, main script').length"));
        Assert.Equal("rgb(1, 2, 3)", (await page.EvaluateAsync("[...document.querySelectorAll('#detail span')].map(s => s.style.color).filter(Boolean)[0]", Token)).GetString());

        await page.EvaluateAsync("document.getElementById('search').value = ''; document.getElementById('search').dispatchEvent(new Event('input')); document.getElementById('list').scrollTop = 0", Token);
        await page.WaitForAsync("document.querySelector('.f-c2')", Token);
        await SaveAsync(page, "report-dark.png");
        string dark = (await page.EvaluateAsync("getComputedStyle(document.body).backgroundColor", Token)).GetString()!;
        await page.ClickAsync("#theme", Token);
        Assert.NotEqual(dark, (await page.EvaluateAsync("getComputedStyle(document.body).backgroundColor", Token)).GetString());
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Screenshot_of_the_machine_is_in_the_page()
    {
        await using QemuMachine vm = TestRun.Rom().WithDisplay().Build();
        await vm.StartAsync();
        Screenshot screenshot = await vm.Screen.ScreenshotAsync();
        string path = ReportSamples.Write(_directory.FullName, 10, screenshot.Png.ToArray());
        await using HeadlessBrowser browser = await HeadlessBrowser.StartAsync(Token);
        await using BrowserPage page = await browser.OpenAsync(path, dark: false, Token);

        await page.WaitForAsync("document.querySelector('#pictures img').complete", Token);
        Assert.Equal(screenshot.Width, await NumberAsync(page, "document.querySelector('#pictures img').naturalWidth"));
        Assert.Equal("screenshot-1.png", await page.TextAsync("#pictures figcaption", Token));
        Assert.Empty(page.Problems);
    }

    [Fact]
    public async Task Index_lists_tests_by_result_with_times_and_links()
    {
        string runs = Directory.CreateDirectory(Path.Combine(_directory.FullName, RunJournal.Folder)).FullName;
        await File.WriteAllLinesAsync(
            Path.Combine(runs, "run-Shop.Tests-net10.0-1.jsonl"),
            [
                """{"test":"Shop.Tests.A.Passes","class":"A","assembly":"Shop.Tests-net10.0","verdict":"passed","started":"2026-01-01T00:00:01Z","seconds":0.21,"title":null,"path":null,"machines":[{"label":"ShopVm","name":"ShopVm-1-1","state":"running","start":"clone","startSeconds":0.11,"launchSeconds":0.07,"readySeconds":null,"accelerator":"tcg"}]}""",
                """{"test":"Shop.Tests.A.Fails </script>","class":"A","assembly":"Shop.Tests-net10.0","verdict":"failed","started":"2026-01-01T00:00:02Z","seconds":5.02,"title":"Waited 5 s for <b>it</b>","path":"Shop.Tests-net10.0/A/Fails","machines":[{"label":"ShopVm","name":"ShopVm-1-1","state":"ended","start":"boot","startSeconds":2.6,"launchSeconds":0.3,"readySeconds":2.3,"accelerator":"tcg"}]}""",
                "{\"test\":\"cut off",
            ],
            Token);
        await File.WriteAllLinesAsync(
            Path.Combine(runs, "run-Other.Tests-net10.0-2.jsonl"),
            ["""{"test":"Other.Tests.B.Passes","class":"B","assembly":"Other.Tests-net10.0","verdict":"passed","started":"2026-01-01T00:00:03Z","seconds":1,"title":null,"path":null,"machines":[{"label":"ShopVm","name":"ShopVm-1-1","state":"running","start":"clone","startSeconds":0.11,"launchSeconds":0.07,"readySeconds":null,"accelerator":"tcg"}]}"""],
            Token);
        IndexPage.Write(_directory.FullName, TimeSpan.FromSeconds(5));
        await using HeadlessBrowser browser = await HeadlessBrowser.StartAsync(Token);
        await using BrowserPage page = await browser.OpenAsync(Path.Combine(_directory.FullName, IndexPage.Name), dark: false, Token);

        Assert.Equal(3, await NumberAsync(page, "document.querySelectorAll('#rows tr').length"));
        Assert.Contains("Fails </script>", await page.TextAsync("#rows tr:first-child .name", Token), StringComparison.Ordinal);
        Assert.Equal("Shop.Tests-net10.0/A/Fails/report.html", (await page.EvaluateAsync("document.querySelector('#rows a').getAttribute('href')", Token)).GetString());
        string[] times = [.. (await page.EvaluateAsync("[...document.querySelectorAll('#rows tr:first-child .number')].map(c => c.textContent)", Token)).EnumerateArray().Select(cell => cell.GetString()!)];
        Assert.Equal(["0.30 s", "2.30 s", "2.60 s", "5.02 s"], times);
        string[] totals = [.. (await page.EvaluateAsync("[...document.querySelectorAll('#totals span')].map(c => c.textContent)", Token)).EnumerateArray().Select(total => total.GetString()!)];
        Assert.Equal(["3 tests", "1 machine", "1 booted", "1 cloned", "2 test assemblies, the latest run of each"], totals);

        await page.ClickAsync(".chip[data-verdict='passed']", Token);
        Assert.Equal(1, await NumberAsync(page, "document.querySelectorAll('#rows tr').length"));
        await SaveAsync(page, "index.png");
        Assert.Empty(page.Problems);
    }

    private async Task<int> NumberAsync(BrowserPage page, string expression) => (await page.EvaluateAsync(expression, Token)).GetInt32();

    private async Task SaveAsync(BrowserPage page, string name)
    {
        byte[] picture = await page.PictureAsync(Token);
        Assert.True(picture.Length > 20_000, "The picture shows next to nothing.");
        string directory = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "artifacts", "pages")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(directory, name), picture, Token);
    }
}
