using System.Collections;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>Starts a program with <c>posix_spawn</c>: own session, default signal handling, exactly the descriptors named.</summary>
internal static unsafe class PosixSpawner
{
    // The C library's structures are opaque; glibc's take 80 and 336 bytes, musl's less. sigset_t takes 128.
    private const int FileActionsSize = 256;
    private const int AttributesSize = 512;
    private const int SignalSetSize = 128;

    // .NET ignores SIGPIPE and handles several others; an ignored signal stays ignored across exec.
    private static readonly int[] s_signalsToReset = [1, 2, 3, 6, 10, 12, 13, 14, 15, 17, 18, 20, 21, 22, 28];

    public static int Spawn(SpawnRequest request)
    {
        void* actions = stackalloc byte[FileActionsSize];
        void* attributes = stackalloc byte[AttributesSize];
        Check(Libc.FileActionsInit(actions));
        Check(Libc.AttributesInit(attributes));
        var held = new List<SafeHandle>();
        try
        {
            SetAttributes(attributes);
            foreach (int descriptor in InheritableDescriptors.Find())
                AddClose(actions, descriptor);
            Check(Libc.FileActionsAddOpen(actions, 0, "/dev/null", Libc.O_RDONLY, mode: 0));
            if (request.Output is null)
                Check(Libc.FileActionsAddOpen(actions, 1, "/dev/null", Libc.O_WRONLY, mode: 0));
            else
                Check(Libc.FileActionsAddDup2(actions, Hold(request.Output, held), 1));
            Check(Libc.FileActionsAddDup2(actions, 1, 2));
            foreach ((SafeHandle source, int target) in request.Descriptors)
                Check(Libc.FileActionsAddDup2(actions, Hold(source, held), target));

            using var argv = new StringVector([request.Executable, .. request.Arguments]);
            using var envp = new StringVector(EnvironmentStrings());
            int error = Libc.PosixSpawn(out int pid, request.Executable, actions, attributes, argv.Pointer, envp.Pointer);
            return error == 0 ? pid : throw Failure(request.Executable, error);
        }
        finally
        {
            foreach (SafeHandle handle in held)
                handle.DangerousRelease();
            _ = Libc.FileActionsDestroy(actions);
            _ = Libc.AttributesDestroy(attributes);
        }
    }

    private static void SetAttributes(void* attributes)
    {
        void* signals = stackalloc byte[SignalSetSize];
        _ = Libc.SigEmptySet(signals);
        Check(Libc.AttributesSetSigMask(attributes, signals));
        foreach (int signal in s_signalsToReset)
            _ = Libc.SigAddSet(signals, signal);
        Check(Libc.AttributesSetSigDefault(attributes, signals));
        Check(Libc.AttributesSetFlags(attributes,
            Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK));
    }

    private static int Hold(SafeHandle handle, List<SafeHandle> held)
    {
        bool added = false;
        handle.DangerousAddRef(ref added);
        held.Add(handle);
        return (int)handle.DangerousGetHandle();
    }

    private static IEnumerable<string> EnvironmentStrings()
    {
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            yield return $"{entry.Key}={entry.Value}";
    }

    private static void AddClose(void* actions, int descriptor)
    {
        // One beyond the limit of open files was inherited before that was lowered; the C library does not take its number.
        if (Libc.FileActionsAddClose(actions, descriptor) is not 0 and not Libc.EBADF and var error)
            throw new Win32Exception(error);
    }

    /// <summary>The kernel's word alone would leave open what it refused: the program, or the shell that stands before it.</summary>
    private static Win32Exception Failure(string executable, int error) =>
        new(error, $"'{executable}' could not be started: {Marshal.GetPInvokeErrorMessage(error)}");

    private static void Check(int error)
    {
        if (error != 0)
            throw new Win32Exception(error);
    }

    /// <summary>A NULL-terminated array of UTF-8 strings in native memory.</summary>
    private sealed class StringVector : IDisposable
    {
        private readonly int _count;

        public StringVector(IEnumerable<string> strings)
        {
            string[] items = [.. strings];
            _count = items.Length;
            if (items.FirstOrDefault(static item => item.Contains('\0', StringComparison.Ordinal)) is { } broken)
                throw new ArgumentException($"'{broken.Replace("\0", @"\0", StringComparison.Ordinal)}' holds a NUL character, which no program can be given.", nameof(strings));

            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (int i = 0; i < _count; i++)
                Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(items[i]);
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (int i = 0; i < _count; i++)
                Marshal.FreeCoTaskMem((nint)Pointer[i]);
            NativeMemory.Free(Pointer);
        }
    }
}
