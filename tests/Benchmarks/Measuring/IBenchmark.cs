namespace Benchmarks;

/// <summary>Measures one or more lines of the table.</summary>
internal interface IBenchmark
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>Measures; what it learns besides the figures goes to the console.</summary>
    Task<IReadOnlyList<Figure>> RunAsync();
}
