using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Qemu.Machine;

/// <summary>The frequency of this host's time stamp counter, which is that of a guest under TCG too.</summary>
internal static class TimeStampCounter
{
    private const int TscLeaf = 0x15;
    private const int HypervisorTimingLeaf = 0x40000010;
    private const int HypervisorLeaf = 0x40000000;
    private const int Samples = 10;

    private static readonly TimeSpan s_measured = TimeSpan.FromMilliseconds(20);

    private static readonly Lock s_gate = new();
    private static Task<long?>? s_frequency;

    /// <summary>In kHz; null where there is none, or it cannot be known.</summary>
    public static Task<long?> GetFrequencyAsync()
    {
        lock (s_gate)
            return s_frequency ??= FindAsync();
    }

    private static async Task<long?> FindAsync()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return null;
        return Declared() ?? await MeasureAsync().ConfigureAwait(false);
    }

    /// <summary>What the processor, or the hypervisor that this host runs on, says itself.</summary>
    private static long? Declared()
    {
        if (X86Base.CpuId(0, 0).Eax >= TscLeaf)
        {
            (int denominator, int numerator, int crystal, _) = X86Base.CpuId(TscLeaf, 0);
            if (denominator != 0 && numerator != 0 && crystal != 0)
                return (long)(uint)crystal * (uint)numerator / (uint)denominator / 1000;
        }

        bool virtualised = (X86Base.CpuId(1, 0).Ecx & (1 << 31)) != 0;
        if (virtualised && (uint)X86Base.CpuId(HypervisorLeaf, 0).Eax is >= HypervisorTimingLeaf and < HypervisorLeaf + 0x1000u)
        {
            uint frequency = (uint)X86Base.CpuId(HypervisorTimingLeaf, 0).Eax;
            return frequency == 0 ? null : frequency;
        }

        return null;
    }

    private static async Task<long?> MeasureAsync()
    {
        using var code = ReadTimeStampCode.TryCreate();
        if (code is null)
            return null;
        (long startTime, ulong startCount) = Sample(code);
        await Task.Delay(s_measured, TimeProvider.System).ConfigureAwait(false);
        (long endTime, ulong endCount) = Sample(code);
        return (long)((endCount - startCount) / Stopwatch.GetElapsedTime(startTime, endTime).TotalMilliseconds);
    }

    /// <summary>Clock and counter at one moment: of several attempts the one that took the least time, so that no change of threads lies in between.</summary>
    private static (long Time, ulong Count) Sample(ReadTimeStampCode code)
    {
        (long Time, ulong Count) best = default;
        long least = long.MaxValue;
        for (int i = 0; i < Samples; i++)
        {
            long before = Stopwatch.GetTimestamp();
            ulong count = code.Run();
            long took = Stopwatch.GetTimestamp() - before;
            if (took >= least)
                continue;
            least = took;
            best = (before + took / 2, count);
        }

        return best;
    }
}
