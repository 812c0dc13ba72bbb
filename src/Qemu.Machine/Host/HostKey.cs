using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Qemu.Machine;

/// <summary>All that a probe's results depend on, as text: while it stays the same, they hold.</summary>
internal static class HostKey
{
    /// <summary>Raised when what is stored, or how it is found out, changes.</summary>
    private const string Format = "2";

    private static readonly Lazy<string> s_bootId = new(static () => ReadLine("/proc/sys/kernel/random/boot_id"));

    /// <summary>What the lists of machines and devices depend on; null when there is no such program here.</summary>
    public static string? OfLists(HostTarget target)
    {
        var key = new StringBuilder(Format);
        foreach (string program in target.Wrapper.Take(1).Append(target.Binary))
        {
            // Behind a wrapper the name may mean a file elsewhere; then it counts as a name.
            string? path = ExecutableLookup.Find(program, target.Settings.BinaryDirectory, out _);
            if (path is null && target.Wrapper.IsEmpty)
                return null;
            key.Append('\n').Append(path ?? program);
            if (path is not null)
                AppendFile(key, path);
        }

        foreach (string argument in target.Wrapper.Skip(1))
            key.Append('\n').Append(argument);
        return key.Append('\n').Append(Environment.UserName).ToString();
    }

    /// <summary>What else an accelerator's verdict depends on.</summary>
    public static string? OfAccelerator(HostTarget target, string accelerator)
    {
        if (OfLists(target) is not { } lists)
            return null;
        string kvm = accelerator == Accelerators.Kvm ? KvmDevice.Read().ToString() : "";
        return $"{lists}\naccelerator {accelerator}\nboot {s_bootId.Value}\n{kvm}";
    }

    /// <summary>A file name for a key.</summary>
    public static string Hash(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)), 0, 12);

    private static void AppendFile(StringBuilder key, string path)
    {
        var file = new FileInfo(path);
        if (file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
            file = target;
        key.Append(CultureInfo.InvariantCulture, $" {file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}");
    }

    private static string ReadLine(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // not Linux, or a sandbox without it: verdicts then outlive a reboot
        }
    }
}
