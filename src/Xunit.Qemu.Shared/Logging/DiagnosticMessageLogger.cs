using Microsoft.Extensions.Logging;

namespace Xunit.Qemu;

/// <summary>
/// Writes a machine's log to the runner's diagnostic messages, which a run shows that was asked to (<c>diagnosticMessages</c> in
/// xunit.runner.json): for machines that tests share. The fixture's constructor takes the sink:
/// <c>vm.WithLogger(new DiagnosticMessageLogger(sink))</c>. Thread-safe.
/// </summary>
public sealed class DiagnosticMessageLogger : ILogger
{
    private readonly IMessageSink _sink;
    private readonly LogLevel _minimumLevel;

    /// <summary>Logs to diagnostic messages.</summary>
    /// <param name="sink">As the fixture's constructor takes it.</param>
    /// <param name="minimumLevel">What is less is left out. At <see cref="LogLevel.Debug"/> the command line of each launch is there.</param>
    public DiagnosticMessageLogger(IMessageSink sink, LogLevel minimumLevel = LogLevel.Information)
    {
        ArgumentNullException.ThrowIfNull(sink);
        (_sink, _minimumLevel) = (sink, minimumLevel);
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
            _sink.OnMessage(new DiagnosticMessage(string.Join(Environment.NewLine, LogText.Lines(logLevel, formatter(state, exception), exception))));
        }
        catch (Exception)
        {
            // The run has ended.
        }
    }
}
