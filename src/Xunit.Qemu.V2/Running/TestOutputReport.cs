using System.Text;
using Qemu.Testing;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>A test's report in xUnit.net v2: lines behind the test's own output. There are no attachments and no warnings.</summary>
internal sealed class TestOutputReport : ITestReport
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    /// <summary>How to find out what the test failed with, so far.</summary>
    public Func<Exception?> FailureSource { get; set; } = static () => null;

    /// <summary>Where the test itself writes; null when its class takes no output helper.</summary>
    public TestOutputHelper? Output { get; set; }

    public TestFailure? Failure => FailureSource() is { } error ? new TestFailure(error.GetType().FullName!, error.Message, error.StackTrace ?? "") : null;

    public string? ReadOutput()
    {
        try
        {
            return Output?.Output;
        }
        catch (InvalidOperationException)
        {
            return null; // the test has ended, and its output with it
        }
    }

    public void Attach(string name, byte[] text)
    {
        // The artefact directory has it, and the output says where that is.
    }

    public void WriteLine(string line)
    {
        lock (_gate)
            _text.AppendLine(line);
    }

    public void CancelTest()
    {
        // Nothing that xUnit.net would hear; the scope's own token, which this comes with, ends the machines' waits.
    }

    public void Warn(string message) => WriteLine("Warning: " + message);

    public string AppendTo(string output)
    {
        lock (_gate)
        {
            string separator = output.Length == 0 || _text.Length == 0 || output.EndsWith('\n') ? "" : Environment.NewLine;
            return output + separator + _text;
        }
    }
}
