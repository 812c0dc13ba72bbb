using System.Collections.Concurrent;
using System.Text;
using Qemu.Testing;

namespace Tests.Qemu.Testing;

/// <summary>A test framework's report that keeps what it is given.</summary>
internal sealed class FakeReport : ITestReport
{
    public ConcurrentDictionary<string, string> Attachments { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Lines { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    public ConcurrentDictionary<string, byte[]> Pictures { get; } = new(StringComparer.Ordinal);

    /// <summary>What the test itself wrote.</summary>
    public string? TestOutput { get; set; }

    /// <summary>What the framework says of the failure.</summary>
    public TestFailure? TestFailure { get; set; }

    TestFailure? ITestReport.Failure => TestFailure;

    public string Output => string.Join('\n', Lines);

    /// <summary>Called before anything is attached.</summary>
    public Action Attaching { get; set; } = static () => { };

    public void Attach(string name, byte[] text)
    {
        Attaching();
        Assert.True(Attachments.TryAdd(name, Encoding.UTF8.GetString(text)), $"{name} twice");
    }

    public void AttachPicture(string name, byte[] png) => Pictures[name] = png;

    public string? ReadOutput() => TestOutput;

    public void WriteLine(string line) => Lines.Enqueue(line);

    public bool IsCancelled { get; private set; }

    public void CancelTest() => IsCancelled = true;

    public void Warn(string message) => Warnings.Enqueue(message);
}
