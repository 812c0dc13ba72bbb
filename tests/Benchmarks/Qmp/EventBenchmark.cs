using System.Globalization;
using Qemu.Qmp;

namespace Benchmarks;

/// <summary>Events from a scripted peer to subscribers that read each of them.</summary>
internal sealed class EventBenchmark : IBenchmark
{
    private const int Rounds = 7;
    private const int Subscribers = 8;
    private const int Events = 400_000;

    public string Name => "events";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        var rates = new List<double>(Rounds);
        for (int round = 0; round < Rounds; round++)
            rates.Add(await MeasureAsync());
        rates.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"events to {Subscribers} subscribers: {rates[0]:#,0} to {rates[^1]:#,0} events/s"));
        return [Figure.AtLeast($"events from a scripted peer, read by each of {Subscribers} subscribers (median)", 200_000, rates[Rounds / 2], "events/s")];
    }

    private static async Task<double> MeasureAsync()
    {
        using EventPeer peer = EventPeer.Create(Events, out QmpUnixStream stream);
        await using QmpClient client = await QmpClient.ConnectAsync(stream);
        QmpEventQueue[] queues = [.. Enumerable.Range(0, Subscribers).Select(_ => client.Events.Subscribe(new QmpEventQueueOptions { Capacity = Events }))];
        Task<QmpResponse> start = client.SendAsync("start");
        TimeSpan time = await Pairs.TimeAsync(() => Task.WhenAll(queues.Select(queue => Task.Run(() => ReadAsync(queue)))));
        await client.DisposeAsync();
        await ((Task)start).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Events / time.TotalSeconds;
    }

    private static async Task ReadAsync(QmpEventQueue queue)
    {
        for (int i = 0; i < Events; i++)
            await queue.ReadAsync();
    }
}
