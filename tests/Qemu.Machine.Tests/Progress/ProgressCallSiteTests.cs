using System.Collections.Concurrent;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Progress;

/// <summary>Each kind of work goes on until it was said that it does, however long that takes.</summary>
[Collection(nameof(MachineProgress))]
public sealed class ProgressCallSiteTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _awaited = new();
    private readonly TemplateHome _home = new();

    public ProgressCallSiteTests() => MachineProgress.SetSink(message =>
    {
        foreach ((string beginning, TaskCompletionSource<string> said) in _awaited)
        {
            if (message.StartsWith(beginning, StringComparison.Ordinal))
                said.TrySetResult(message);
        }
    });

    public void Dispose()
    {
        MachineProgress.SetSink(null);
        _home.Dispose();
    }

    [Fact]
    public async Task Start_template_image_and_copy_say_that_they_go_on() => await Task.WhenAll(StartAsync(), BuildTemplateAsync(), BuildImageAsync(), CopyAsync());

    private async Task StartAsync()
    {
        Task<string> said = SaidAsync("Starting machine slow-start");
        await using QemuMachine machine = RomMachine.Describe().WithName("slow-start").ReadyWhen(Readiness.When("the word", (_, _) => said), s_limit).Build();

        await machine.StartAsync();

        Assert.Matches("^Starting machine slow-start: [0-9]+ s so far, waiting for the word$", await said);
    }

    private async Task BuildTemplateAsync()
    {
        Task<string> said = SaidAsync("Building the template of machine slow-template");
        await using QemuMachine machine = _home.Describe().WithName("slow-template").ReadyWhen(Readiness.When("its word", (_, _) => said), s_limit).Build();

        await machine.StartAsync();

        Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind);
        Assert.Matches("^Building the template of machine slow-template: [0-9]+ s so far, waiting for its word$", await said);
    }

    private async Task BuildImageAsync()
    {
        Task<string> said = SaidAsync("Building a guest image");
        Initramfs image = new Initramfs().AddFile("/init", "#!"u8).AddFile("/slow", () =>
        {
            said.Wait(s_limit, TestContext.Current.CancellationToken);
            return new MemoryStream("slow"u8.ToArray());
        });

        await Task.Run(() => image.BuildAsync(_home.Root));

        Assert.Matches("^Building a guest image: [0-9]+ s so far$", await said);
    }

    private async Task CopyAsync()
    {
        Task<string> said = SaidAsync("Copying /tmp/big, machine slow-copy");
        await using QemuMachine machine = RomMachine.Describe().WithName("slow-copy").Build(); // its guest answers no shell
        await machine.StartAsync();
        using var cancellation = new CancellationTokenSource();

        Task copy = machine.Files.WriteTextAsync("/tmp/big", "text", cancellationToken: cancellation.Token);
        Assert.Matches("^Copying /tmp/big, machine slow-copy: [0-9]+ s so far, waiting for its guest$", await said);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy);
    }

    private async Task<string> SaidAsync(string beginning)
    {
        TaskCompletionSource<string> said = _awaited.GetOrAdd(beginning, new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            return await said.Task.WaitAsync(s_limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Nobody said '{beginning}…'.");
        }
    }
}
