using System.Globalization;
using System.Security.Cryptography;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>A machine's screen, keyboard and mouse. Works on a guest that has panicked too. Thread-safe.</summary>
public sealed class MachineScreen
{
    /// <summary>How long a typed key is held, and then let go before the next: a guest's keyboard driver loses keys that come faster.</summary>
    private static readonly TimeSpan s_keyTime = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private const int AbsoluteRange = 0x7FFF;

    private readonly QemuMachine _machine;

    internal MachineScreen(QemuMachine machine)
    {
        _machine = machine;
    }

    /// <summary>Takes a picture.</summary>
    /// <exception cref="QmpCommandException">QEMU has no picture to give.</exception>
    public async Task<Screenshot> ScreenshotAsync(CancellationToken cancellationToken = default)
    {
        Screenshot screenshot = await TakeAsync(cancellationToken).ConfigureAwait(false);
        _machine.Observers.Screenshot(screenshot);
        return screenshot;
    }

    private async Task<Screenshot> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new Screenshot(await DumpAsync("png", cancellationToken).ConfigureAwait(false));
        }
        catch (QmpCommandException error) when (error.Description.Contains("format", StringComparison.OrdinalIgnoreCase))
        {
            // QEMU before 7.1 knows PPM only, as does one that was built without libpng.
            return new Screenshot(PngWriter.Write(await GetImageAsync(cancellationToken).ConfigureAwait(false)));
        }
    }

    /// <summary>Waits until the screen has stopped changing.</summary>
    /// <param name="quiet">For how long; null: 1 s.</param>
    /// <param name="tolerance">Which part of the pixels may change all the same, 0 to 1; the default is enough for a blinking cursor.</param>
    /// <param name="timeout">The deadline; null: 30 s, scaled by the settings.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QemuTimeoutException">It never stood still.</exception>
    public async Task<Screenshot> WaitUntilStillAsync(TimeSpan? quiet = null, double tolerance = 0.002, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        TimeSpan wanted = quiet ?? TimeSpan.FromSeconds(1);
        TimeProvider clock = _machine.Waits.TimeProvider;
        double difference = 0;
        return await _machine.Waits.RunAsync(
            string.Create(CultureInfo.InvariantCulture, $"the screen of machine {_machine.Name} to stand still for {wanted.TotalSeconds:0.###} s"),
            timeout,
            async token =>
            {
                PixelImage reference = await GetImageAsync(token).ConfigureAwait(false);
                long since = clock.GetTimestamp();
                while (clock.GetElapsedTime(since) < wanted)
                {
                    await Task.Delay(s_pause, clock, token).ConfigureAwait(false);
                    PixelImage image = await GetImageAsync(token).ConfigureAwait(false);
                    double changed = image.DifferenceTo(reference);
                    if (changed <= tolerance)
                        continue;
                    (reference, since, difference) = (image, clock.GetTimestamp(), changed);
                }

                return await ScreenshotAsync(token).ConfigureAwait(false);
            },
            () => string.Create(CultureInfo.InvariantCulture, $"{difference:P1} of the pixels changed"),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until a place of the screen has a colour: the mark of a page, a button, a bar that has filled.</summary>
    /// <param name="x">From 0, the left edge, to 1, the right one.</param>
    /// <param name="y">From 0, the upper edge, to 1, the lower one.</param>
    /// <param name="color">The colour.</param>
    /// <param name="tolerance">By how much each of red, green and blue may differ; graphics cards do not agree on the colours of a text console.</param>
    /// <param name="timeout">The deadline; null: 30 s, scaled by the settings.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QemuTimeoutException">It never had; the message says which it has.</exception>
    public async Task<Screenshot> WaitForColorAsync(double x, double y, ScreenColor color, int tolerance = 8, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        Require(x, nameof(x));
        Require(y, nameof(y));
        ScreenColor seen = default;
        return await _machine.Waits.RunAsync(
            string.Create(CultureInfo.InvariantCulture, $"the screen of machine {_machine.Name} to be {color} at ({x:0.###}, {y:0.###})"),
            timeout,
            async token =>
            {
                while (!(seen = (await GetImageAsync(token).ConfigureAwait(false)).ColorAt(x, y)).IsNear(color, tolerance))
                    await Task.Delay(s_pause, _machine.Waits.TimeProvider, token).ConfigureAwait(false);
                return await ScreenshotAsync(token).ConfigureAwait(false);
            },
            () => $"it is {seen}",
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Presses keys together and lets them go, one chord after the other: <c>"ctrl-alt-delete"</c>, <c>"f2"</c>, <c>"down", "down", "ret"</c>.</summary>
    /// <param name="chords">Keys under QEMU's names (QAPI <c>QKeyCode</c>), with a minus between those of a chord; <c>enter</c>, <c>escape</c>, <c>space</c> and the like are understood too.</param>
    /// <exception cref="QmpCommandException">There is no such key.</exception>
    public async Task SendKeysAsync(params IEnumerable<string> chords)
    {
        foreach (string chord in chords)
            await PressAsync(UsKeyboard.Chord(chord), CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Types a text on a keyboard of the US layout; <c>\n</c> is the return key.</summary>
    /// <exception cref="ArgumentException">No key gives one of the characters; nothing was typed.</exception>
    public async Task TypeAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (IReadOnlyList<string> keys in text.Select(UsKeyboard.Keys).ToList())
            await PressAsync(keys, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Moves the mouse. The machine needs a pointer of absolute coordinates: <c>usb-tablet</c>, <c>virtio-tablet-pci</c>.</summary>
    /// <param name="x">From 0, the left edge, to 1, the right one.</param>
    /// <param name="y">From 0, the upper edge, to 1, the lower one.</param>
    /// <param name="cancellationToken">Ends the wait for QEMU.</param>
    public Task MoveMouseAsync(double x, double y, CancellationToken cancellationToken = default) => SendInputAsync(
        [Axis("x", x, nameof(x)), Axis("y", y, nameof(y))],
        cancellationToken);

    /// <summary>Presses a mouse button and lets it go.</summary>
    public async Task ClickAsync(MouseButton button = MouseButton.Left, CancellationToken cancellationToken = default)
    {
        string name = button switch { MouseButton.Middle => "middle", MouseButton.Right => "right", _ => "left" };
        await SendInputAsync([Button(name, down: true)], cancellationToken).ConfigureAwait(false);
        await Task.Delay(s_keyTime, _machine.Waits.TimeProvider, cancellationToken).ConfigureAwait(false);
        await SendInputAsync([Button(name, down: false)], cancellationToken).ConfigureAwait(false);
    }

    private async Task PressAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var arguments = new Dictionary<string, object?>
        {
            ["keys"] = keys.Select(object? (key) => new Dictionary<string, object?> { ["type"] = "qcode", ["data"] = key }).ToArray(),
            ["hold-time"] = (int)s_keyTime.TotalMilliseconds,
        };
        await _machine.Qmp.ExecuteAsync("send-key", arguments, cancellationToken).ConfigureAwait(false);

        // QEMU answers at once and lets go of the keys later, by its own clock.
        await Task.Delay(2 * s_keyTime, _machine.Waits.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    private Task<System.Text.Json.JsonElement> SendInputAsync(Dictionary<string, object?>[] events, CancellationToken cancellationToken) =>
        _machine.Qmp.ExecuteAsync("input-send-event", new Dictionary<string, object?> { ["events"] = events }, cancellationToken);

    private static Dictionary<string, object?> Axis(string axis, double value, string parameter)
    {
        Require(value, parameter);
        return new() { ["type"] = "abs", ["data"] = new Dictionary<string, object?> { ["axis"] = axis, ["value"] = (int)(value * AbsoluteRange) } };
    }

    private static void Require(double value, string parameter)
    {
        if (value is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(parameter, value, "The screen goes from 0 to 1.");
    }

    private static Dictionary<string, object?> Button(string name, bool down) =>
        new() { ["type"] = "btn", ["data"] = new Dictionary<string, object?> { ["button"] = name, ["down"] = down } };

    private async Task<PixelImage> GetImageAsync(CancellationToken cancellationToken) =>
        PixelImage.ReadPpm(await DumpAsync(format: null, cancellationToken).ConfigureAwait(false));

    private async Task<byte[]> DumpAsync(string? format, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_machine.TempDirectory, $"screen-{RandomNumberGenerator.GetHexString(12, lowercase: true)}");
        var arguments = new Dictionary<string, object?> { ["filename"] = path };
        if (format is not null)
            arguments.Add("format", format);
        try
        {
            await _machine.Qmp.ExecuteAsync("screendump", arguments, cancellationToken).ConfigureAwait(false);
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = Libc.Remove(path); // without a word: the directory may be gone with the machine, and its end is what is thrown
        }
    }
}
