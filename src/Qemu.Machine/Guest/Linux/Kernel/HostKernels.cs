namespace Qemu.Machine;

/// <summary>The kernels that are installed under a root directory, where distributions put them.</summary>
internal static class HostKernels
{
    private const string ImagePrefix = "vmlinuz-";

    public static LinuxKernel Find(string root)
    {
        string boot = Path.Combine(root, "boot");
        string[] images = Directory.Exists(boot) ? Directory.GetFiles(boot, ImagePrefix + "*") : [];
        string? running = ReadRunningRelease(root);

        var reasons = new List<string>();
        foreach (string image in images.OrderByDescending(image => ReleaseOf(image) == running).ThenByDescending(ReleaseOf, ReleaseOrder.Instance))
        {
            string modules = Path.Combine(root, "lib", "modules", ReleaseOf(image));
            try
            {
                using FileStream readable = File.OpenRead(image);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                reasons.Add($"{image}: {error.Message}");
                continue;
            }

            if (File.Exists(Path.Combine(modules, "modules.dep")))
                return new LinuxKernel(image, modules, ReleaseOf(image));
            reasons.Add($"{image}: {modules} has no modules.dep.");
        }

        string evidence = reasons.Count > 0 ? string.Join('\n', reasons) : $"There is no {boot}/{ImagePrefix}*.";
        throw new GuestImageException($"This host has no kernel that can be used for a guest.\n{evidence}\nLinuxKernel.FromDebianPackageAsync fetches one on Debian and Ubuntu; else make one readable, or use LinuxKernel.FromFiles.");
    }

    private static string ReleaseOf(string image) => Path.GetFileName(image)[ImagePrefix.Length..];

    private static string? ReadRunningRelease(string root)
    {
        string path = Path.Combine(root, "proc", "sys", "kernel", "osrelease");
        return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
    }
}
