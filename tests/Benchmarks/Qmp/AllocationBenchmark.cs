using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace Benchmarks;

/// <summary>What a command costs the garbage collector; by BenchmarkDotNet, in this process.</summary>
internal sealed class AllocationBenchmark : IBenchmark
{
    public string Name => "allocation";

    public Task<IReadOnlyList<Figure>> RunAsync()
    {
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "qemu-bench-artifacts"));
        Summary summary = BenchmarkRunner.Run<CommandAllocation>(config);
        BenchmarkReport report = summary.Reports.Single();
        long bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase)
            ?? throw new InvalidOperationException("BenchmarkDotNet measured no allocation.");
        return Task.FromResult<IReadOnlyList<Figure>>([Figure.AtMost("allocation per command, `query-status`, its result included", 1024, bytes, "bytes")]);
    }
}
