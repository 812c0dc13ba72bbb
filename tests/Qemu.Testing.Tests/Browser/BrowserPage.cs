using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tests.Qemu.Testing.Browser;

/// <summary>One page of the browser.</summary>
internal sealed class BrowserPage(ClientWebSocket socket) : IAsyncDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private string? _session;
    private int _id;

    /// <summary>What the page wrote to its console as errors, and what it was refused, network requests among them.</summary>
    public ConcurrentQueue<string> Problems { get; } = new();

    public async Task OpenAsync(string address, bool dark, CancellationToken cancellationToken)
    {
        JsonNode target = await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }, cancellationToken);
        JsonNode session = await SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true }, cancellationToken);
        _session = (string)session["sessionId"]!;
        await SendAsync("Runtime.enable", [], cancellationToken);
        await SendAsync("Log.enable", [], cancellationToken);
        await SendAsync("Network.enable", [], cancellationToken);
        await SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = 1360, ["height"] = 1000, ["deviceScaleFactor"] = 1, ["mobile"] = false }, cancellationToken);
        await SendAsync(
            "Emulation.setEmulatedMedia",
            new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }) },
            cancellationToken);
        await SendAsync("Page.navigate", new JsonObject { ["url"] = address }, cancellationToken);
        await WaitForAsync("document.documentElement?.dataset.ready === 'true'", cancellationToken);
    }

    /// <summary>The value of an expression.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression, CancellationToken cancellationToken)
    {
        JsonNode answer = await SendAsync(
            "Runtime.evaluate",
            new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true },
            cancellationToken);
        Assert.True(answer["exceptionDetails"] is null, answer.ToJsonString());
        return JsonSerializer.SerializeToElement(answer["result"]!["value"]);
    }

    public async Task<string> TextAsync(string selector, CancellationToken cancellationToken) =>
        (await EvaluateAsync($"document.querySelector({JsonSerializer.Serialize(selector)}).textContent", cancellationToken)).GetString()!;

    public async Task WaitForAsync(string condition, CancellationToken cancellationToken)
    {
        while (!(await EvaluateAsync($"!!({condition})", cancellationToken)).GetBoolean())
            await Task.Delay(20, cancellationToken);
    }

    /// <summary>Clicks the middle of an element, as a mouse would: what lies over it gets the click instead.</summary>
    public async Task ClickAsync(string selector, CancellationToken cancellationToken)
    {
        JsonElement place = await EvaluateAsync(
            $$"""(() => { const e = document.querySelector({{JsonSerializer.Serialize(selector)}}); e.scrollIntoView({ block: "center" }); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()""",
            cancellationToken);
        foreach (string type in (string[])["mousePressed", "mouseReleased"])
        {
            await SendAsync(
                "Input.dispatchMouseEvent",
                new JsonObject { ["type"] = type, ["x"] = place[0].GetDouble(), ["y"] = place[1].GetDouble(), ["button"] = "left", ["clickCount"] = 1 },
                cancellationToken);
        }
    }

    /// <summary>Types into what has the focus.</summary>
    public Task TypeAsync(string text, CancellationToken cancellationToken) =>
        SendAsync("Input.insertText", new JsonObject { ["text"] = text }, cancellationToken);

    /// <summary>A picture of the page, PNG.</summary>
    public async Task<byte[]> PictureAsync(CancellationToken cancellationToken)
    {
        JsonNode picture = await SendAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png", ["captureBeyondViewport"] = true }, cancellationToken);
        return Convert.FromBase64String((string)picture["data"]!);
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        _oneAtATime.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var message = new JsonObject { ["id"] = ++_id, ["method"] = method, ["params"] = parameters };
            if (_session is not null)
                message["sessionId"] = _session;
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            while (true)
            {
                JsonNode answer = await ReceiveAsync(cancellationToken);
                if ((int?)answer["id"] == _id)
                    return answer["error"] is null ? answer["result"]! : throw new InvalidOperationException($"{method}: {answer["error"]!.ToJsonString()}");
                Note(answer);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, cancellationToken);
            bytes.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(bytes.ToArray())!;
    }

    private void Note(JsonNode message)
    {
        string method = (string?)message["method"] ?? "";
        JsonNode? parameters = message["params"];
        if (method is "Runtime.exceptionThrown" or "Log.entryAdded" || (method == "Runtime.consoleAPICalled" && (string?)parameters!["type"] == "error"))
            Problems.Enqueue(message.ToJsonString());
        string address = method == "Network.requestWillBeSent" ? (string?)parameters!["request"]!["url"] ?? "" : "";
        if (address.Length > 0 && !address.StartsWith("file:", StringComparison.Ordinal) && !address.StartsWith("data:", StringComparison.Ordinal))
            Problems.Enqueue($"The page asked for {address}");
    }
}
