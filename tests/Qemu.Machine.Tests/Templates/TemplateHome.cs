using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>A cache of the test's own, and what machines that use it logged.</summary>
internal sealed class TemplateHome : ILogger, IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("template-tests-");

    public ConcurrentQueue<(LogLevel Level, string Text)> Log { get; } = new();

    public string Root => _root.FullName;

    public QemuSettings Settings => new() { CacheDirectory = Path.Combine(Root, "cache") };

    public TemplateCache Cache => new(Settings);

    /// <summary>How many templates were booted and saved.</summary>
    public int Builds => Log.Count(entry => entry.Text.StartsWith("Template of machine", StringComparison.Ordinal));

    /// <summary>The directory of the only template in the cache.</summary>
    public string OnlyTemplate => Path.Combine(Cache.Directory, Assert.Single(Cache.List()).Key);

    /// <summary>A machine with the test ROM, which holds 5a where <see cref="RomMachine.PeekAsync"/> looks when it is saved.</summary>
    public QemuMachineBuilder Describe(TemplateOptions? options = null, string binary = "qemu-system-x86_64") => RomMachine.Describe(binary: binary)
        .ReadyWhen(RomMachine.ReadyWithPoke("5a"))
        .WithSettings(Settings)
        .WithLogger(this)
        .WithTemplate(options);

    public string WriteFile(string name, byte[] content)
    {
        string path = Path.Combine(Root, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue((logLevel, formatter(state, exception)));

    public void Dispose() => _root.Delete(recursive: true);
}
