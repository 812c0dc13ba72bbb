using System.Globalization;
using Qemu.Machine;
using Qemu.Testing;

namespace Qemu.Doctor;

/// <summary>Shows and clears the templates that are kept between test runs.</summary>
/// <param name="settings">Where the cache is; null: as the environment says.</param>
internal sealed class CacheCommand(QemuSettings? settings = null) : IDoctorCommand
{
    public string Name => "cache";

    public string Usage => "cache list|clear";

    public string Summary => "the templates of booted machines kept between runs: list them, or remove those that nobody uses";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output)
    {
        if (arguments.Count != 1 || arguments[0] is not ("list" or "clear"))
            throw new UsageException(arguments.Count == 0 ? "cache: list, or clear?" : $"cache: '{string.Join(' ', arguments)}' is neither list nor clear");
        var cache = new TemplateCache(settings ?? QemuTestSettings.Current.Machine);
        await output.WriteLineAsync(arguments[0] == "list" ? CacheTable.Render(cache, TimeProvider.System.GetUtcNow()) : Clear(cache)).ConfigureAwait(false);
        return 0;
    }

    private static string Clear(TemplateCache cache)
    {
        int before = cache.List().Count;
        long freed = cache.Clear();
        int left = cache.List().Count;
        string text = string.Create(CultureInfo.InvariantCulture, $"Removed {before - left} of {before} templates: {ByteSize.Format(freed)} freed.");
        return left == 0 ? text : text + " The others are in use.";
    }
}
