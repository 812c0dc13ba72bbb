using System.Security.Cryptography;
using System.Text.Json;

namespace Qemu.Machine;

/// <summary>What makes a directory a template: written last, and true only as long as the files are those it tells of.</summary>
internal sealed record TemplateManifest
{
    /// <summary>Of the machine, in words.</summary>
    public required string Machine { get; init; }

    /// <summary>QEMU's version: major, minor, micro.</summary>
    public required Version Qemu { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How long the machine took to boot.</summary>
    public required TimeSpan BootDuration { get; init; }

    /// <summary>Where the guest's memory is; null: beside this manifest.</summary>
    public string? MemoryDirectory { get; init; }

    public required TemplateFile Memory { get; init; }

    public required IReadOnlyList<TemplateFile> Disks { get; init; }

    /// <summary>SHA-256 of the device state, in hexadecimal digits.</summary>
    public required string DeviceState { get; init; }

    /// <summary>Reads a manifest and compares the files with it.</summary>
    /// <returns>Null, and the problem, when the directory holds no whole template.</returns>
    public static TemplateManifest? Read(string directory, out string? problem)
    {
        try
        {
            problem = null;
            string path = new TemplateFiles(directory, directory).Manifest;
            if (!File.Exists(path))
                return null;
            TemplateManifest? manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), TemplateJson.Default.TemplateManifest);
            problem = manifest is null ? "its manifest is empty" : manifest.FindDamage(manifest.FilesIn(directory));
            return problem is null ? manifest : null;
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            problem = error.Message;
            return null;
        }
    }

    /// <summary>The files of the template whose manifest is in <paramref name="directory"/>.</summary>
    public TemplateFiles FilesIn(string directory) => new(directory, MemoryDirectory ?? directory);

    public void Write(string path) => File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, TemplateJson.Default.TemplateManifest));

    public static string Hash(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file));
    }

    /// <summary>What about the files is not as it was saved; null when all is.</summary>
    public string? FindDamage(TemplateFiles files)
    {
        try
        {
            return Compare(files);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private string? Compare(TemplateFiles files)
    {
        if (TemplateFile.Of(files.Memory) != Memory)
            return "its memory file is not the one that was saved";
        if (Hash(files.DeviceState) != DeviceState)
            return "its device state is not the one that was saved";
        for (int number = 0; number < Disks.Count; number++)
        {
            if (TemplateFile.Of(files.Disk(number)) != Disks[number])
                return $"its disk {number} is not the one that was saved";
        }

        return null;
    }
}
