using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Transport;

/// <summary>Row "monitor_address": <c>WithQmpEndPoint(…)</c>.</summary>
public sealed class QmpEndPointTests
{
    public static TheoryData<string> Kinds => ["default", "tcp", "tcp6", "unix", "abstract", "directory"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Machine_works_the_same_over_every_endpoint(string kind)
    {
        using var root = new TempRoot();
        await using QemuMachine machine = Over(kind, Machines.Rom(), root).Build();

        for (int launch = 0; launch < 2; launch++)
        {
            await machine.StartAsync();
            JsonElement status = await machine.Qmp.ExecuteAsync("query-status");
            Assert.True(status.GetProperty("running").GetBoolean());
            await machine.Console.SendLineAsync("flood 200000");
            await machine.Console.WaitForAsync(TestRom.FloodDone, Machines.HangGuard);
            await machine.ShutdownAsync(Machines.HangGuard);
            Assert.Equal(MachineEndCause.Shutdown, machine.End!.Cause);
        }

        Assert.Empty(root.Content);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Exit_before_qmp_is_told_at_once_over_every_endpoint(string kind)
    {
        using var root = new TempRoot();
        await using QemuMachine machine = Over(kind, Machines.Rom(), root).WithQmpTimeout(Timeout.InfiniteTimeSpan).WithArguments("-nonsense").Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync()).WaitAsync(Machines.HangGuard);

        Assert.Equal(1, error.ExitCode);
        Assert.Contains("invalid option", error.Message, StringComparison.Ordinal);
        Assert.Empty(root.Content);
    }

    [Fact]
    public async Task Port_zero_takes_a_free_port_and_qemu_dials_in()
    {
        await using QemuMachine machine = Machines.Empty().WithQmpEndPoint(new IPEndPoint(IPAddress.Loopback, 0)).Build();

        await machine.LaunchAsync();

        Assert.Matches(@"socket,id=qmp,host=127\.0\.0\.1,port=[1-9]\d*,nodelay=on", machine.CommandLine);
        Assert.DoesNotContain("server", machine.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_that_is_taken_fails_the_launch_and_is_named()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        await using QemuMachine machine = Machines.Empty().WithQmpEndPoint(taken.LocalEndPoint!).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains($"cannot listen on {taken.LocalEndPoint}: Address already in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoint_of_another_kind_is_refused() =>
        Assert.Throws<ArgumentException>(() => Machines.Empty().WithQmpEndPoint(new DnsEndPoint("localhost", 1)));

    [Fact]
    public async Task Temp_root_may_be_long_beside_a_unix_endpoint()
    {
        using var root = new TempRoot(length: 150);
        using var sockets = new TempRoot();
        await using QemuMachine machine = Machines.Rom().WithTempRoot(root.Path).WithQmpEndPoint(new UnixDomainSocketEndPoint(sockets.File("q"))).Build();

        await machine.StartAsync();

        Assert.Equal(2, machine.CommandLine!.Split("path=" + sockets.Path).Length - 1);
    }

    [Fact]
    public async Task Descriptors_cannot_travel_over_tcp_and_the_error_says_so()
    {
        await using QemuMachine machine = Machines.Empty().WithQmpEndPoint(new IPEndPoint(IPAddress.Loopback, 0)).Build();
        await machine.LaunchAsync();
        using SafeFileHandle handle = File.OpenHandle("/dev/null");

        QmpDescriptorException error = await Assert.ThrowsAsync<QmpDescriptorException>(() => machine.SendFileDescriptorAsync(handle));

        Assert.Contains("cannot carry file descriptors", error.Message, StringComparison.Ordinal);
        Assert.True((await machine.Qmp.ExecuteAsync("query-status")).TryGetProperty("status", out _));
    }

    private static QemuMachineBuilder Over(string kind, QemuMachineBuilder builder, TempRoot root)
    {
        builder.WithTempRoot(root.Path);
        switch (kind)
        {
            case "tcp":
                return builder.WithQmpEndPoint(new IPEndPoint(IPAddress.Loopback, 0));
            case "tcp6":
                Assert.SkipUnless(Socket.OSSupportsIPv6 && File.Exists("/proc/net/if_inet6"), "needs IPv6");
                return builder.WithQmpEndPoint(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            case "unix":
                return builder.WithQmpEndPoint(new UnixDomainSocketEndPoint(root.File("my, qmp")));
            case "abstract":
                return builder.WithQmpEndPoint(new UnixDomainSocketEndPoint($"\0machine-tests-{Guid.NewGuid()}"));
            case "directory":
                return builder.WithSocketDirectory(root.Path);
            default:
                return builder;
        }
    }
}
