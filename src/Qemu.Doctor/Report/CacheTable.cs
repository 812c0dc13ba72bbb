using System.Globalization;
using System.Text;
using Qemu.Machine;

namespace Qemu.Doctor;

/// <summary>The cache's templates for people.</summary>
internal static class CacheTable
{
    private const int KeyLength = 12;

    public static string Render(TemplateCache cache, DateTimeOffset now)
    {
        IReadOnlyList<TemplateCacheEntry> entries = cache.List();
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{cache.Directory}: {entries.Count} templates, {ByteSize.Format(entries.Sum(entry => entry.Size))}");
        if (entries.Count == 0)
            return text.ToString().TrimEnd();
        text.AppendLine();
        TextTable.Append(
            text,
            ["KEY", "SIZE", "BUILT", "LAST USED", "BOOT TOOK", "QEMU", "MACHINE"],
            entries.Select(entry => new[]
            {
                entry.Key[..KeyLength],
                ByteSize.Format(entry.Size),
                Age(now - entry.CreatedAt),
                Age(now - entry.LastUsedAt),
                string.Create(CultureInfo.InvariantCulture, $"{entry.BootDuration.TotalSeconds:0.0} s"),
                entry.QemuVersion.ToString(),
                entry.Machine,
            }));
        return text.ToString().TrimEnd();
    }

    private static string Age(TimeSpan age)
    {
        (double amount, string unit) = age switch
        {
            { TotalMinutes: < 1 } => (Math.Max(age.TotalSeconds, 0), "s"),
            { TotalHours: < 1 } => (age.TotalMinutes, "min"),
            { TotalDays: < 1 } => (age.TotalHours, "h"),
            _ => (age.TotalDays, "d"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(amount):0} {unit} ago");
    }
}
