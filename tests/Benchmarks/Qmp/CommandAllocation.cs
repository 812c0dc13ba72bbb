using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Qemu.Machine;

namespace Benchmarks;

/// <summary>One command to a real QEMU: everything allocated in this process is the client's.</summary>
public class CommandAllocation
{
    private QemuMachine _machine = null!;

    /// <summary>Launches.</summary>
    [GlobalSetup]
    public Task SetUpAsync()
    {
        _machine = new QemuMachineBuilder(QemuBinary.Path).WithMachine("none").Build();
        return _machine.LaunchAsync();
    }

    /// <summary>Ends.</summary>
    [GlobalCleanup]
    public async Task CleanUpAsync() => await _machine.DisposeAsync();

    /// <summary>A command and its result.</summary>
    [Benchmark]
    public Task<JsonElement> QueryStatus() => _machine.Qmp.ExecuteAsync("query-status");
}
