using System.Globalization;

namespace Qemu.Machine;

/// <summary>An error that a disk gives on purpose, through QEMU's blkdebug driver (QEMU ≥ 4.1).</summary>
/// <param name="Operation">What fails.</param>
/// <param name="Sector">The one sector of 512 bytes whose touching fails; null: all.</param>
/// <param name="ErrorNumber">The error, as Linux numbers them. Default: 5, EIO.</param>
/// <param name="Once">Whether it happens only the first time.</param>
public sealed record DiskFault(DiskOperation Operation, long? Sector = null, int ErrorNumber = 5, bool Once = false)
{
    private string OperationName => Operation switch
    {
        DiskOperation.Read => "read",
        DiskOperation.Write => "write",
        DiskOperation.Flush => "flush",
        _ => "discard",
    };

    internal string ToProperties(int index)
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"file.inject-error.{index}.");
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}event=none,{prefix}iotype={OperationName},{prefix}errno={ErrorNumber},{prefix}once={(Once ? "on" : "off")}")
            + (Sector is { } sector ? string.Create(CultureInfo.InvariantCulture, $",{prefix}sector={sector}") : "");
    }

    /// <summary>As QMP takes it.</summary>
    internal Dictionary<string, object?> ToDictionary()
    {
        var fault = new Dictionary<string, object?> { ["event"] = "none", ["iotype"] = OperationName, ["errno"] = ErrorNumber, ["once"] = Once };
        if (Sector is { } sector)
            fault.Add("sector", sector);
        return fault;
    }
}
