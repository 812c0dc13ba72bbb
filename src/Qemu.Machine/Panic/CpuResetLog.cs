using System.Text;
using System.Text.RegularExpressions;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// QEMU's log of the resets of an emulated x86 CPU (<c>-d cpu_reset</c>, turned on at run time): the one place where a triple
/// fault differs from a reboot that the guest wanted. The events are the same, and KVM does not tell the two apart at all.
/// A triple fault is also how firmware and kernels reboot on purpose where nothing else did: with an interrupt table of no length.
/// Under <c>-no-reboot</c> QEMU shows no registers, so that it cannot be told which it was; then it counts as on purpose.
/// </summary>
internal sealed partial class CpuResetLog : IDisposable
{
    private const string Sign = "Triple fault";
    private const string Dump = "CPU Reset";

    /// <summary>Of more than this, as a guest that resets without end writes it, the newest is looked at and the file cut.</summary>
    private const int MaximumLength = 1024 * 1024;

    private readonly string _path;
    private readonly QmpClient _qmp;
    private long _offset;

    /// <summary>Asks QEMU for the log; what the guest does once <see cref="Opened"/> is completed is in it.</summary>
    public CpuResetLog(QmpClient qmp, string directory)
    {
        _qmp = qmp;
        _path = Path.Combine(directory, "cpu-resets.log");
        MakePrivate(_path);
        string quoted = _path.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        Opened = Task.WhenAll(MonitorAsync($"logfile \"{quoted}\""), MonitorAsync("log cpu_reset"));
    }

    /// <summary>Completes when QEMU has taken or refused the requests, or is gone. Never fails.</summary>
    public Task Opened { get; }

    /// <summary>Whether there is something to learn: an emulated x86 with a processor, and no log of the user's own in the way.</summary>
    public static bool IsUsefulTo(MachineContext context, AcceleratorChoice? accelerator)
    {
        QemuMachineSpec spec = context.Spec;
        string binary = Path.GetFileName(spec.Binary);
        return context.Panics is not null
            && spec.PanicEvents.Contains(PanicEvents.TripleFault)
            && spec.MachineType != "none"
            && accelerator?.Name.StartsWith(Accelerators.Tcg, StringComparison.Ordinal) != false
            && (!binary.StartsWith("qemu-system-", StringComparison.Ordinal) || binary is "qemu-system-x86_64" or "qemu-system-i386")
            && !spec.Arguments.Any(argument => argument is "-d" or "-D" or "--d" or "--D");
    }

    /// <summary>The CPU's state at a triple fault by accident that was logged since the last call; null when none was.</summary>
    public string? FindTripleFault()
    {
        string news = ReadNews();
        for (int fault = news.IndexOf(Sign, StringComparison.Ordinal); fault >= 0; fault = news.IndexOf(Sign, fault + 1, StringComparison.Ordinal))
        {
            int first = news.IndexOf(Dump, fault, StringComparison.Ordinal);
            int second = first < 0 ? -1 : news.IndexOf(Dump, first + Dump.Length, StringComparison.Ordinal);
            string registers = second < 0 ? news[fault..] : news[fault..second];
            if (InterruptTable().Match(registers) is { Success: true } table && table.Groups["limit"].ValueSpan.ContainsAnyExcept('0'))
                return registers.TrimEnd();
        }

        return null;
    }

    /// <summary>Nothing more is of interest.</summary>
    public Task CloseAsync() => MonitorAsync("log none");

    /// <summary>Removes the file: a directory that is empty is quickly gone.</summary>
    public void Dispose() => _ = Libc.Remove(_path);

    /// <summary>QEMU would make it as the umask has it, and keeps the mode of one that is there.</summary>
    private static void MakePrivate(string path)
    {
        try
        {
            using FileStream file = PrivateFile.Create(path, FileShare.ReadWrite);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then QEMU cannot make it either, and there is no log.
        }
    }

    private string ReadNews()
    {
        try
        {
            using var file = new FileStream(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            long start = file.Length < _offset ? 0 : Math.Max(_offset, file.Length - MaximumLength);
            file.Position = start;
            byte[] bytes = new byte[file.Length - start];
            int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _offset = start + count;

            // QEMU's place in the file stays, so what it writes next leaves a hole that takes no room.
            if (_offset > MaximumLength)
                file.SetLength(0);
            return Encoding.UTF8.GetString(bytes, 0, count);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // QEMU could not make it: it runs under another root or user
        }
    }

    private async Task MonitorAsync(string command)
    {
        try
        {
            // Without a deadline: nobody hears of one that passed, and the session's end is this one's too.
            ReadOnlyMemory<byte> arguments = QmpCommand.Create("human-monitor-command", new Dictionary<string, object?> { ["command-line"] = command }).Arguments;
            await _qmp.SendAsync(new QmpCommand("human-monitor-command", arguments) { Timeout = Timeout.InfiniteTimeSpan }).ConfigureAwait(false);
        }
        catch (QmpException)
        {
            // Without this log a triple fault counts as a reboot; and a QEMU that is gone is told of elsewhere.
        }
    }

    // IDT=     000f61be 000003ff
    [GeneratedRegex(@"^IDT=\s+[0-9a-f]+ (?<limit>[0-9a-f]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex InterruptTable();
}
