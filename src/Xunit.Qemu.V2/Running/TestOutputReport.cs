using System.Text;
using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>A test's report in xUnit.net v2: lines behind the test's own output. There are no attachments and no warnings.</summary>
internal sealed class TestOutputReport : ITestReport
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

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
