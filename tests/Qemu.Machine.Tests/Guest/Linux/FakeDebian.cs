using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Guest.Linux;

/// <summary>Plays apt-cache, apt-get and dpkg-deb over packages that are lists of files.</summary>
internal sealed class FakeDebian
{
    private readonly Dictionary<string, Package> _packages = [];
    private int _downloads;

    private sealed record Package(string Version, string Depends, string[] Files)
    {
        public byte[] Archive => Encoding.UTF8.GetBytes(string.Join('\n', Files));
    }

    public List<string> Commands { get; } = [];

    public int Downloads => _downloads;

    public bool HasApt { get; set; } = true;

    public bool HasLists { get; set; } = true;

    /// <summary>What the download differs by from what apt announces.</summary>
    public string Corruption { get; set; } = "";

    /// <summary>Completes when a download may go on.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public void Add(string name, string version, string depends, params string[] files) => _packages[name] = new Package(version, depends, files);

    public void AddKernel(string release, string version = "1.0-1")
    {
        Add("linux-image-cloud-amd64", version, $"linux-image-{release} (= {version})");
        Add($"linux-image-{release}", version, "kmod, linux-base (>= 4.3~), initramfs-tools | linux-initramfs-tool", $"boot/vmlinuz-{release}", $"lib/modules/{release}/modules.builtin");
    }

    public async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string workingDirectory, CancellationToken cancellationToken)
    {
        string command = $"{program} {string.Join(' ', arguments)}";
        lock (Commands)
            Commands.Add(command);

        if (!HasApt)
            throw new GuestImageException($"`{command}` could not be started: No such file or directory.", new Win32Exception(2)) { Command = command };

        switch (program, arguments[0])
        {
            case ("apt-cache", "show") when HasLists && _packages.TryGetValue(arguments[^1], out Package? shown):
                return $"Package: {arguments[^1]}\nVersion: {shown.Version}\nArchitecture: amd64\nDepends: {shown.Depends}\nDescription: a kernel\n it boots\nSHA256: {Convert.ToHexStringLower(SHA256.HashData(shown.Archive))}\n\n";
            case ("apt-cache", "show"):
                throw new GuestImageException($"`{command}` failed with exit code 100.\nE: No packages found") { Command = command, CommandOutput = "E: No packages found" };
            case ("apt-get", "download"):
                Interlocked.Increment(ref _downloads);
                await Gate.WaitAsync(cancellationToken);
                string name = arguments[^1].Split('=')[0];
                await File.WriteAllTextAsync(Path.Combine(workingDirectory, name + ".deb"), Encoding.UTF8.GetString(_packages[name].Archive) + Corruption, cancellationToken);
                return "";
            case ("dpkg-deb", "-x"):
                foreach (string file in await File.ReadAllLinesAsync(arguments[1], cancellationToken))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(arguments[2], file))!);
                    await File.WriteAllTextAsync(Path.Combine(arguments[2], file), "content of " + file, cancellationToken);
                }

                return "";
            default:
                throw new InvalidOperationException("unexpected: " + command);
        }
    }
}
