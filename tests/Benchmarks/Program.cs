using Benchmarks;

IBenchmark[] all = [new LaunchBenchmark(), new EndBenchmark(), new CommandBenchmark()];
IBenchmark[] chosen = args.Length == 0 ? all : [.. all.Where(benchmark => args.Contains(benchmark.Name))];
foreach (IBenchmark b in chosen)
{
    foreach (Figure f in await b.RunAsync())
        Console.WriteLine(f);
}
