using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>A machine's logger whose warnings the machine's observers see too.</summary>
internal sealed class ObservingLogger(ILogger inner, MachineObservers observers) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning || inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning && logLevel != LogLevel.None)
            observers.Step(MachineStepKind.Warning, formatter(state, exception));
        inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
