using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>The report of the test that <see cref="TestContext"/> says is running.</summary>
/// <param name="context">The test's context when its scope was opened; a machine's loops, which may have to cancel the test, run in none.</param>
internal sealed class TestContextReport(ITestContext context) : ITestReport
{
    public void Attach(string name, byte[] text) => TestContext.Current.AddAttachment(name, text, replaceExistingValue: true, "text/plain");

    public void AttachPicture(string name, byte[] png) => TestContext.Current.AddAttachment(name, png, replaceExistingValue: true, "image/png");

    public void WriteLine(string line)
    {
        try
        {
            TestContext.Current.TestOutputHelper?.WriteLine(line);
        }
        catch (InvalidOperationException)
        {
            // The test has ended, and its output with it.
        }
    }

    public string? ReadOutput() => context.TestOutputHelper?.Output;

    public TestFailure? Failure
    {
        get
        {
            TestResultState? state = TestContext.Current.TestState;
            string stackTrace = string.Join(Environment.NewLine, state?.ExceptionStackTraces ?? []);
            if (CurrentTest.TimeOut is { } late)
                return TestFailure.Of(late) with { StackTrace = stackTrace };
            return state is { Result: TestResult.Failed }
                ? new TestFailure(state.ExceptionTypes?.FirstOrDefault() ?? "", string.Join(Environment.NewLine, state.ExceptionMessages ?? []), stackTrace)
                : null;
        }
    }

    public void CancelTest() => context.CancelCurrentTest();

    public void Warn(string message) => TestContext.Current.AddWarning(message);
}
