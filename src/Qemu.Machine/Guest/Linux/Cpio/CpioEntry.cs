using System.Text;

namespace Qemu.Machine;

/// <summary>One member of an archive: its type and permissions in <see cref="Mode"/> as stat(2) gives them, its content opened only when it is written.</summary>
internal sealed record CpioEntry(string Name, int Mode)
{
    private const int TypeMask = 0xF000;
    private const int DirectoryType = 0x4000;
    private const int RegularType = 0x8000;
    private const int SymlinkType = 0xA000;
    private const int CharacterDeviceType = 0x2000;
    private const int BlockDeviceType = 0x6000;

    /// <summary>Opens the content as a seekable stream that the writer disposes; null for members without content.</summary>
    public Func<CancellationToken, Task<Stream>>? OpenAsync { get; private init; }

    public int DeviceMajor { get; private init; }

    public int DeviceMinor { get; private init; }

    public bool IsDirectory => (Mode & TypeMask) == DirectoryType;

    public static CpioEntry Directory(string name, UnixFileMode mode) => new(name, DirectoryType | (int)mode);

    public static CpioEntry File(string name, UnixFileMode mode, Func<CancellationToken, Task<Stream>> openAsync) =>
        new(name, RegularType | (int)mode) { OpenAsync = openAsync };

    public static CpioEntry File(string name, UnixFileMode mode, byte[] content) =>
        File(name, mode, _ => Task.FromResult<Stream>(new MemoryStream(content, writable: false)));

    // A link's permissions are never looked at; 0777 is what lstat(2) shows for every link on Linux.
    public static CpioEntry Symlink(string name, string target) =>
        new(name, SymlinkType | 0x1FF) { OpenAsync = _ => Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(target), writable: false)) };

    public static CpioEntry Device(string name, DeviceNodeType type, int major, int minor, UnixFileMode mode) =>
        new(name, (type == DeviceNodeType.Block ? BlockDeviceType : CharacterDeviceType) | (int)mode) { DeviceMajor = major, DeviceMinor = minor };
}
