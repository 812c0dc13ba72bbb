using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

public sealed class RecordQueueTests : IAsyncLifetime
{
    private readonly QemuMachine _machine = new QemuMachineBuilder("qemu-system-x86_64").WithConsole().Build();
    private readonly RecordQueue _queue = new();
    private MachineRecorder _recorder = null!;
    private List<RecordedItem>? _items;

    public ValueTask InitializeAsync()
    {
        _recorder = new MachineRecorder(new ScopedMachine(_machine, "vm", MachineBond.Built, whole: true), _queue);
        _queue.Take(ref _items, out _);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _recorder.Dispose();
        _queue.Dispose();
        await _machine.DisposeAsync();
    }

    [Fact]
    public void Flood_of_a_console_is_a_few_items_and_loses_nothing()
    {
        for (int i = 1; i <= 100_000; i++)
            _recorder.OnConsole(_machine.Console, new ConsoleMark(i), i);
        _queue.Take(ref _items, out long leftOut);

        Assert.InRange(_items.Count, 1, 1000);
        Assert.Equal(0, leftOut);
        Assert.Equal(100_000, _items[^1].End.Offset);
    }

    [Fact]
    public void Flood_of_lines_is_bounded_and_counted()
    {
        for (int i = 0; i < 100_000; i++)
            _recorder.OnQmp(sent: true, "{}"u8, i);
        _queue.Take(ref _items, out long leftOut);

        Assert.InRange(_items.Count, 1, 99_999);
        Assert.Equal(100_000, _items.Count + leftOut);
    }

    [Fact]
    public void Long_lines_are_bounded_by_their_bytes()
    {
        byte[] line = new byte[QmpTranscript.LineLimit + 5];
        for (int i = 0; i < 1000; i++)
            _recorder.OnQmp(sent: false, line, i);
        _queue.Take(ref _items, out long leftOut);

        Assert.True(leftOut > 0);
        Assert.All(_items, item => Assert.Equal(QmpTranscript.LineLimit, ((QmpLine)item.What).Text.Length));
        Assert.InRange(_items.Sum(item => ((QmpLine)item.What).Text.Length), 1, 16 * 1024 * 1024);
    }

    [Fact]
    public async Task Queue_that_is_completed_takes_nothing_and_says_so()
    {
        _recorder.OnQmp(sent: true, "{}"u8, 1);
        _queue.Complete();
        _recorder.OnQmp(sent: true, "{}"u8, 2);
        await _queue.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.False(_queue.Take(ref _items, out _));
        Assert.Single(_items);
    }
}
