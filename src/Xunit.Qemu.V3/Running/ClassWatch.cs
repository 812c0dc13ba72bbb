using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>
/// Ends the machines that a test's class built and nobody will dispose of. When a constructor throws, xUnit.net v3 calls no hook at
/// all; that the test is over shows only in its context, which has been disposed of (3.2), and in its output, which takes no
/// more (4.0). So they are looked at now and then, for those few tests whose machines are built with their class.
/// </summary>
internal sealed class ClassWatch
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly ITestContext _context;
    private readonly TestScope _scope;
    private readonly ITimer _timer;
    private int _done;

    private ClassWatch(ITestContext context, TestScope scope)
    {
        (_context, _scope) = (context, scope);
        _timer = TimeProvider.System.CreateTimer(static watch => ((ClassWatch)watch!).Look(), this, s_interval, s_interval);
    }

    /// <summary>Watches a test whose class is being made.</summary>
    public static void Start(ITestContext context, TestScope scope)
    {
        using (ExecutionContext.SuppressFlow())
            _ = new ClassWatch(context, scope); // its timer keeps it
    }

    private void Look()
    {
        bool isOver = IsOver();
        if ((!isOver && !(_scope.BodyRuns && !_scope.HasMachinesOfClass)) || Interlocked.Exchange(ref _done, 1) != 0)
            return;
        _timer.Dispose();
        if (!isOver)
            return;
        try
        {
            BoundedWait.Run(EndAsync, BoundedWait.EndLimit);
        }
        catch (TimeoutException late)
        {
            _context.SendDiagnosticMessage(late.Message);
        }
    }

    private async Task EndAsync()
    {
        await _scope.EndAsync(failed: !_scope.BodyRuns).ConfigureAwait(false);
        await _scope.EndMachinesOfClassAsync().ConfigureAwait(false);
    }

    private bool IsOver()
    {
        try
        {
            _ = _context.CancellationToken;
            _ = _context.TestOutputHelper?.Output;
            return false;
        }
        catch (Exception)
        {
            return true; // of which type it is, is not documented, and here on a timer's thread it must not get through
        }
    }
}
