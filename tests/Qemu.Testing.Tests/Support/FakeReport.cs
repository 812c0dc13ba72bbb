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

    public string Output => string.Join('\n', Lines);

    public void Attach(string name, byte[] text) => Assert.True(Attachments.TryAdd(name, Encoding.UTF8.GetString(text)), $"{name} twice");

    public void WriteLine(string line) => Lines.Enqueue(line);

    public void Warn(string message) => Warnings.Enqueue(message);
}
