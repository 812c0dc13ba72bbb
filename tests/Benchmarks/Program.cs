using Benchmarks;

IBenchmark[] all =
[
    new LaunchBenchmark(),
    new FailedLaunchBenchmark(),
    new EndBenchmark(),
    new CommandBenchmark(),
    new AllocationBenchmark(),
    new EventBenchmark(),
    new ConsoleDrainBenchmark(),
    new ConsoleWaitBenchmark(),
    new PanicScanBenchmark(),
    new CloneBenchmark(),
    new CloneMemoryBenchmark(),
    new CloneSuiteBenchmark(),
    new FrameworkBenchmark(),
];

string[] unknown = [.. args.Except(all.Select(benchmark => benchmark.Name))];
if (unknown.Length > 0)
{
    Console.Error.WriteLine($"There is no '{unknown[0]}'. There are: {string.Join(", ", all.Select(benchmark => benchmark.Name))}; without a name all of them run.");
    return 2;
}

var figures = new List<Figure>();
foreach (IBenchmark benchmark in all.Where(benchmark => args.Length == 0 || args.Contains(benchmark.Name)))
    figures.AddRange(await benchmark.RunAsync());

PerformancePage.Print(figures);
if (args.Length == 0)
    PerformancePage.Write(figures);
return 0;
