using Microsoft.Extensions.Logging;

namespace Xunit.Qemu;

/// <summary>
/// Writes a machine's log to the output of a test: <c>vm.WithLogger(new TestOutputLogger(output))</c>. What is logged when the test
/// has ended goes nowhere; it is never an error. Thread-safe.
/// </summary>
/// <remarks>For machines that live as long as one test. The log of a fixture's machine, which outlives it, goes to a <see cref="DiagnosticMessageLogger"/>.</remarks>
public sealed class TestOutputLogger : ILogger
{
    private readonly ITestOutputHelper _output;
    private readonly LogLevel _minimumLevel;

    /// <summary>Logs to a test's output.</summary>
    /// <param name="output">As the test class's constructor takes it.</param>
    /// <param name="minimumLevel">What is less is left out. At <see cref="LogLevel.Debug"/> the command line of each launch is there.</param>
    public TestOutputLogger(ITestOutputHelper output, LogLevel minimumLevel = LogLevel.Information)
    {
        ArgumentNullException.ThrowIfNull(output);
        (_output, _minimumLevel) = (output, minimumLevel);
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= _minimumLevel && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
            return;
        try
        {
            foreach (string line in LogText.Lines(logLevel, formatter(state, exception), exception))
                _output.WriteLine(line);
        }
        catch (Exception)
        {
            // The test has ended. Of which type the error is depends on the moment: xUnit.net does not lock its output.
        }
    }
}
