using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>The report of the test that <see cref="TestContext"/> says is running.</summary>
internal sealed class TestContextReport : ITestReport
{
    public void Attach(string name, byte[] text) => TestContext.Current.AddAttachment(name, text, replaceExistingValue: true, "text/plain");

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

    public void Warn(string message) => TestContext.Current.AddWarning(message);
}
