using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>
/// A machine that was booted once and saved when it was ready. Each clone goes on from there, with memory, disks, sockets
/// and host ports of its own. Thread-safe.
/// </summary>
/// <remarks>
/// Clones have the saved machine's MAC addresses and, until they are told otherwise, its time. Disposing of a template
/// leaves its running clones alone; they cannot be started again then.
/// </remarks>
public sealed class QemuTemplate : IAsyncDisposable
{
    private readonly TemplateManifest _manifest;
    private readonly Action _release;
    private readonly Action _invalidate;
    private int _clones;
    private int _disposed;

    /// <param name="spec">What the machine is made of.</param>
    /// <param name="files">Where it was saved.</param>
    /// <param name="manifest">What was saved.</param>
    /// <param name="key">Its key in the cache; null for one that is in none.</param>
    /// <param name="release">Lets go of the files.</param>
    /// <param name="invalidate">Takes them out of use, for others too.</param>
    internal QemuTemplate(QemuMachineSpec spec, TemplateFiles files, TemplateManifest manifest, string? key, Action release, Action invalidate)
    {
        Spec = spec;
        Files = files;
        _manifest = manifest;
        Key = key;
        _release = release;
        _invalidate = invalidate;
    }

    /// <summary>What the machine is made of.</summary>
    public QemuMachineSpec Spec { get; }

    /// <summary>The hash of all that the template depends on, by which the cache knows it; null for one that is in no cache.</summary>
    public string? Key { get; }

    /// <summary>How long the machine took to boot when the template was built.</summary>
    public TimeSpan BootDuration => _manifest.BootDuration;

    /// <summary>When that was.</summary>
    public DateTimeOffset CreatedAt => _manifest.CreatedAt;

    /// <summary>The version of the QEMU that saved it, and that its clones need.</summary>
    public Version QemuVersion => _manifest.Qemu;

    /// <summary>Whether it was discarded, because a clone of it did not start.</summary>
    internal bool IsDiscarded { get; private set; }

    internal TemplateFiles Files { get; }

    internal TemplateOptions Options => Spec.Template ?? new TemplateOptions();

    /// <inheritdoc cref="CreateAsync(QemuMachineSpec, CancellationToken)"/>
    public static Task<QemuTemplate> CreateAsync(QemuMachineBuilder builder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return CreateAsync(builder.Spec, cancellationToken);
    }

    /// <summary>Boots a machine, saves it when it is ready, and ends it. The template is in no cache: its files go when it is disposed of.</summary>
    /// <exception cref="QemuConfigurationException">No template can be made of such a machine; the message names what to change.</exception>
    /// <exception cref="QemuTemplateException">The machine booted, and could not be saved; the message names the device.</exception>
    /// <exception cref="QemuLaunchException">It did not start.</exception>
    /// <exception cref="QemuTimeoutException">It did not become ready in time.</exception>
    /// <exception cref="QemuExitedException">It ended before it was ready.</exception>
    public static async Task<QemuTemplate> CreateAsync(QemuMachineSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var own = new MachineDirectory(spec.TempRoot);
        var memory = spec.Template?.MemoryDirectory is { } root ? new MachineDirectory(root) : null;
        try
        {
            string directory = own.GetOrCreate();
            var files = new TemplateFiles(directory, memory?.GetOrCreate() ?? directory);
            return new QemuTemplate(spec, files, await TemplateBuild.RunAsync(spec, files, cancellationToken).ConfigureAwait(false), key: null, Delete, invalidate: static () => { });
        }
        catch
        {
            Delete();
            throw;
        }

        void Delete()
        {
            own.Delete();
            memory?.Delete();
        }
    }

    /// <summary>Gives a new machine that goes on where this one was saved. Any number may be made, at the same time too; whoever asked owns it.</summary>
    /// <remarks>One that does not come up in time is booted instead, and says so in <see cref="QemuMachine.LatestStart"/>.</remarks>
    /// <inheritdoc cref="QemuMachine.StartAsync" path="/exception"/>
    public async Task<QemuMachine> CloneAsync(CancellationToken cancellationToken = default)
    {
        QemuMachine machine = CreateClone();
        try
        {
            await machine.StartAsync(cancellationToken).ConfigureAwait(false);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the machine printed on a console until it was saved, without terminal escapes.</summary>
    public string ConsoleText(int console = 0) =>
        File.Exists(Files.Console(console)) ? TerminalText.Clean(File.ReadAllBytes(Files.Console(console))) : "";

    /// <summary>Removes a template of one's own; one from the cache stays there.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _release();
        return ValueTask.CompletedTask;
    }

    /// <summary>A machine that starts as a clone, not started.</summary>
    /// <param name="adopted">Whether it belongs to the scope of the calling code.</param>
    internal QemuMachine CreateClone(bool adopted = true)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        int number = Interlocked.Increment(ref _clones);
        return new QemuMachine(
            Spec.Name is null ? Spec : Spec with { Name = string.Create(CultureInfo.InvariantCulture, $"{Spec.Name}-{number}") },
            this,
            adopted);
    }

    /// <summary>What has changed about its files since they were saved; null when nothing has.</summary>
    internal string? FindDamage() => _manifest.FindDamage(Files);

    /// <summary>Takes a template out of use that cannot be loaded: the next who needs it builds it anew.</summary>
    internal void Discard(Exception reason)
    {
        Spec.Logger.LogWarning(reason, "The template in {Directory} is discarded: it cannot be loaded", Files.Directory);
        IsDiscarded = true;
        _invalidate();
    }
}
