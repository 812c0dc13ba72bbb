using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.RegularExpressions;

namespace Tests.Qemu.Testing.Browser;

/// <summary>A Chromium without a window, driven over its own protocol (https://chromedevtools.github.io/devtools-protocol).</summary>
internal sealed partial class HeadlessBrowser : IAsyncDisposable
{
    private static readonly string[] s_programs = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly Uri _endPoint;

    private HeadlessBrowser(Process process, DirectoryInfo profile, Uri endPoint)
    {
        _process = process;
        _profile = profile;
        _endPoint = endPoint;
    }

    /// <summary>The path of a Chromium; null when there is none.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(directory => s_programs.Select(program => Path.Combine(directory, program)))
        .FirstOrDefault(File.Exists);

    public static async Task<HeadlessBrowser> StartAsync(CancellationToken cancellationToken)
    {
        Assert.SkipWhen(Program is null, "needs Chromium: apt-get install chromium-headless-shell");
        DirectoryInfo profile = Directory.CreateTempSubdirectory("qemu-browser-");
        var start = new ProcessStartInfo(
            Program!,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
                "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank",
            ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
                listening.TrySetException(new InvalidOperationException("The browser ended before it listened."));
            else if (EndPoint().Match(line.Data) is { Success: true } match)
                listening.TrySetResult(new Uri(match.Value));
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new HeadlessBrowser(process, profile, await listening.Task.WaitAsync(cancellationToken));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Opens a page and waits until it says that it is ready.</summary>
    public async Task<BrowserPage> OpenAsync(string file, bool dark, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await socket.ConnectAsync(_endPoint, cancellationToken);
        var page = new BrowserPage(socket);
        await page.OpenAsync(new Uri(file).AbsoluteUri, dark, cancellationToken);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        for (int attempt = 0; _profile.Exists && attempt < 20; attempt++)
        {
            try
            {
                _profile.Delete(recursive: true);
            }
            catch (IOException)
            {
                // One of its processes is still writing its last.
                await Task.Delay(100);
            }

            _profile.Refresh();
        }
    }

    [GeneratedRegex(@"ws://\S+")]
    private static partial Regex EndPoint();
}
