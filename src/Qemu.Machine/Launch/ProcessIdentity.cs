using System.Globalization;

namespace Qemu.Machine;

/// <summary>A process by its id and its start time, so that no later process of the same id is ever meant; written <c>ID:TIME</c>.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="StartTime">When it started, in the kernel's ticks since the boot; <c>gone</c> when it was no more.</param>
internal readonly record struct ProcessIdentity(int ProcessId, string StartTime)
{
    private const string Gone = "gone";

    /// <summary>Whether the process is still there.</summary>
    public bool IsAlive => StartTime != Gone && Of(ProcessId) == this;

    public static ProcessIdentity Of(int processId)
    {
        try
        {
            return new ProcessIdentity(processId, ProcessStat.Read(processId).StartTime);
        }
        catch (IOException)
        {
            return new ProcessIdentity(processId, Gone);
        }
    }

    /// <summary>Null for what is none.</summary>
    public static ProcessIdentity? Parse(string text) =>
        text.Split(':') is [var id, var time] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) && processId > 1
            ? new ProcessIdentity(processId, time)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ProcessId}:{StartTime}");
}
