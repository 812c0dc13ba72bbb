namespace Benchmarks;

/// <summary>What <c>[QemuFact]</c> costs beside <c>[Fact]</c>: a test that does nothing, and discovery.</summary>
internal sealed class FrameworkBenchmark : IBenchmark
{
    private const int PairCount = 5;
    private const int MoreTests = 1000;

    public string Name => "framework";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        PairedTimes tests = await Pairs.MeasureAsync(PairCount, () => MoreAsync("QemuFacts"), () => MoreAsync("Facts"));
        Console.WriteLine($"{MoreTests} tests more: {tests.Describe()}");
        return
        [
            Figure.AtMost("`[QemuFact]` on a shared machine over `[Fact]`, a test", 0.2, (tests.OursMedian - tests.FloorMedian).TotalMilliseconds / MoreTests, "ms"),
            await DiscoverAsync("Facts", "10,000 `[Fact]`"),
            await DiscoverAsync("TraitFacts", "10,000 `[Fact]` with a trait"),
        ];
    }

    private static async Task<Figure> DiscoverAsync(string floor, string name)
    {
        PairedTimes times = await Pairs.MeasureAsync(PairCount, () => ListAsync("QemuFacts"), () => ListAsync(floor));
        Console.WriteLine($"discovery of 10,000 tests; floor: {name}: {times.Describe()}");
        return Figure.AtMost("discovery of 10,000 `[QemuFact]`, the whole program", name, 1.2, times.TimeRatio);
    }

    // The launch of the machine and of the program is the same in both runs, and falls out.
    private static Task<TimeSpan> MoreAsync(string subject)
    {
        TimeSpan few = SubjectProgram.Run(subject, "-noLogo", "-namespace", "Subjects.Few");
        TimeSpan many = SubjectProgram.Run(subject, "-noLogo", "-namespace", "Subjects.Many");
        return Task.FromResult(many - few);
    }

    private static Task<TimeSpan> ListAsync(string subject) =>
        Task.FromResult(SubjectProgram.Run(subject, "-noLogo", "-namespace", "Subjects.Plain", "-list", "tests"));
}
