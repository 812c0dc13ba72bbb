using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>
/// A QMP session's logger: that the session ended is news at debug level only, as QEMU's end is the machine's to tell, and
/// most often wanted. What failed with an exception stays as loud as it was.
/// </summary>
internal sealed class SessionLogger(ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        inner.Log(exception is null && logLevel > LogLevel.Debug ? LogLevel.Debug : logLevel, eventId, state, exception, formatter);
}
