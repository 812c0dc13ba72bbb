using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qemu.Machine;

/// <summary>The few libc calls that starting and ending a process exactly needs; Linux, x64 and arm64 (the structures used have one layout there).</summary>
internal static unsafe partial class Libc
{
    public const int EINTR = 4;
    public const int EBADF = 9;
    public const int EEXIST = 17;
    public const int EINVAL = 22;
    public const int EMFILE = 24;

    public const int R_OK = 4;
    public const int W_OK = 2;

    public const int SIGINT = 2;
    public const int SIGBUS = 7;
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;

    public const short POSIX_SPAWN_SETSIGDEF = 0x04;
    public const short POSIX_SPAWN_SETSIGMASK = 0x08;
    public const short POSIX_SPAWN_SETSID = 0x80;

    public const int P_PID = 1;
    public const int WSTOPPED = 0x2;
    public const int WEXITED = 0x4;
    public const int WNOWAIT = 0x0100_0000;
    public const int CLD_EXITED = 1;

    public const int AF_UNIX = 1;
    public const int SOCK_STREAM = 1;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_ACCMODE = 3;
    public const int O_CLOEXEC = 0x80000;
    public const int O_NONBLOCK = 0x800;

    /// <summary>The only flag whose value differs between architectures.</summary>
    public static readonly int O_DIRECTORY = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    public const int F_GETFD = 1;
    public const int F_GETFL = 3;
    public const int F_SETFL = 4;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int FD_CLOEXEC = 1;

    private const nint SYS_pidfd_open = 434; // on all architectures
    private const short POLLIN = 1;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const uint STATX_UID = 0x8;

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int PosixSpawn(out int pid, string path, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int FileActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int FileActionsDestroy(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclose")]
    public static partial int FileActionsAddClose(void* actions, int fd);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int FileActionsAddDup2(void* actions, int fd, int newFd);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileActionsAddOpen(void* actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int AttributesInit(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int AttributesDestroy(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int AttributesSetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int AttributesSetSigDefault(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int AttributesSetSigMask(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    public static partial int SigEmptySet(void* signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    public static partial int SigAddSet(void* signals, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int idType, int id, void* info, int options);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe2(int* fds, int flags);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    public static partial int SocketPair(int domain, int type, int protocol, int* fds);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FcntlInt(int fd, int command, int argument);

    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int PROT_EXEC = 4;
    public const int MAP_PRIVATE = 0x02;
    public const int MAP_ANONYMOUS = 0x20;

    public static readonly void* MAP_FAILED = (void*)-1;

    [LibraryImport("libc", EntryPoint = "mmap")]
    public static partial void* MMap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    public static partial int MProtect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int MUnmap(void* address, nuint length);

    public const int AT_FDCWD = -100;
    public const uint STATX_BASIC_STATS = 0x7ff;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatX(int directory, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "remove", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveEntry(string path);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, byte[] buffer, nint size);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkDir(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    /// <summary>A handle on a process that need not be a child, readable once it has ended (pidfd_open(2), Linux 5.3); null when it is gone or the kernel cannot.</summary>
    public static SafeFileHandle? OpenProcess(int processId) =>
        SystemCall(SYS_pidfd_open, processId, 0) is >= 0 and var descriptor ? new SafeFileHandle(descriptor, ownsHandle: true) : null;

    /// <summary>Blocks until a descriptor can be read; false when that took longer.</summary>
    public static bool WaitUntilReadable(SafeFileHandle handle, TimeSpan limit)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            var descriptor = new PollDescriptor { Descriptor = (int)handle.DangerousGetHandle(), Events = POLLIN };
            int ready = Poll(&descriptor, 1, (int)Math.Max(0, limit.TotalMilliseconds - (Environment.TickCount64 - start)));
            if (ready >= 0 || Marshal.GetLastPInvokeError() != EINTR)
                return ready > 0;
        }
    }

    /// <summary>The id of the user that a file, directory or link itself belongs to; null when there is none.</summary>
    public static uint? OwnerOf(string path)
    {
        const int size = 256;
        const int userIdOffset = 20; // of struct statx, statx(2)
        byte* buffer = stackalloc byte[size];
        return StatX(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_UID, buffer) == 0 ? *(uint*)(buffer + userIdOffset) : null;
    }

    /// <summary>Opens a file to read what it has without waiting for more; null when it may not be read.</summary>
    public static SafeFileHandle? OpenWithoutWaiting(string path) =>
        Open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) is >= 0 and var descriptor ? new SafeFileHandle(descriptor, ownsHandle: true) : null;

    /// <summary>One read(2), as it is; negative when it failed.</summary>
    public static int Read(SafeFileHandle file, byte[] buffer) => (int)Read(file, buffer, buffer.Length);

    /// <summary>Whether this process's user may read and write a file.</summary>
    public static bool CanReadAndWrite(string path) => Access(path, R_OK | W_OK) == 0;

    /// <summary>Removes a file, a link itself or an empty directory; false when that failed.</summary>
    public static bool Remove(string path) => RemoveEntry(path) == 0;

    /// <summary>Makes a directory that only its owner can enter; false when something of that name is there already.</summary>
    public static bool MakeDirectory(string path)
    {
        if (MkDir(path, 0b111_000_000) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        return error == EEXIST
            ? false
            : throw new IOException($"Cannot make the directory '{path}': {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary><c>struct pollfd</c>.</summary>
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Ready;
    }
}
