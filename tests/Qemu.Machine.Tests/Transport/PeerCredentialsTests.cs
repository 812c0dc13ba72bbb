using System.Net.Sockets;
using System.Runtime.InteropServices;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Transport;

/// <summary>Abstract sockets have no permissions: who dials in is looked at instead.</summary>
public sealed partial class PeerCredentialsTests
{
    private const uint Nobody = 65534;

    [Fact]
    public async Task Somebody_elses_process_that_dials_first_is_turned_away()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && RuntimeInformation.OSArchitecture == Architecture.X64, "needs root, to be somebody else for a moment");
        using var root = new TempRoot();
        var logger = new RecordingLogger();
        var endPoint = new UnixDomainSocketEndPoint($"\0machine-tests-{Guid.NewGuid()}");
        string waits = root.WriteScript("waits", $"touch {root.File("started")}; until [ -e {root.File("go")} ]; do sleep 0.01; done; exec \"$@\"");
        await using QemuMachine machine = Machines.Empty().WithWrapper(waits).WithQmpEndPoint(endPoint).WithLogger(logger).Build();
        Task launch = machine.LaunchAsync();
        await Eventually.IsTrueAsync(() => File.Exists(root.File("started")), "the wrapper to start");

        using Socket stranger = ConnectAsNobody(endPoint);
        int received = await stranger.ReceiveAsync(new byte[1]).WaitAsync(Machines.HangGuard);
        root.Write("go", "");
        await launch;

        Assert.Equal(0, received);
        Assert.Contains("turned away", Assert.Single(logger.Warnings), StringComparison.Ordinal);
        Assert.True((await machine.Qmp.ExecuteAsync("query-status")).TryGetProperty("status", out _));
    }

    private static Socket ConnectAsNobody(UnixDomainSocketEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Exception? failure = null;

        // The bare system call changes the one thread that makes it, unlike the C library's function.
        var thread = new Thread(() =>
        {
            try
            {
                Assert.Equal(0, SetEffectiveUser(Nobody));
                socket.Connect(endPoint);
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? socket : throw failure;
    }

    private static nint SetEffectiveUser(uint user)
    {
        const nint setresuid = 117; // x86-64
        return SystemCall(setresuid, -1, (nint)user, -1);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint real, nint effective, nint saved);
}
