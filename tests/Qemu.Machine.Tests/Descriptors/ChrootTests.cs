using System.Diagnostics;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Descriptors;

/// <summary>A wrapper that changes the root: paths of the host lead nowhere behind it, passed descriptors do.</summary>
public sealed class ChrootTests
{
    [Fact]
    public async Task Machine_works_under_a_chroot_wrapper()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, as chroot does");
        using var root = new TempRoot();
        using var temp = new TempRoot();
        using Process copy = Process.Start("/bin/sh", ["-c", $"""
            set -e
            cp --parents -L $(command -v {Machines.Binary}) {TestRom.Path} {root.Path}
            cp --parents -L $(ldd $(command -v {Machines.Binary}) | grep -o '/[^ )]*') {root.Path}
            for path in /usr/share/qemu /usr/share/seabios /usr/lib/*/qemu; do [ ! -d $path ] || cp -r --parents -L $path {root.Path}; done
            """]);
        await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, copy.ExitCode);
        using var file = File.OpenHandle(temp.Write("file", "outside"));
        await using QemuMachine machine = Machines.Rom().WithWrapper("chroot", root.Path).WithFileDescriptor(file, 1).WithTempRoot(temp.Path).Build();

        await machine.StartAsync();
        await machine.Console.SendLineAsync("hello");
        await machine.Console.WaitForAsync("echo: hello\n");
        string? rootOfQemu = new DirectoryInfo($"/proc/{machine.ProcessId}/root").LinkTarget;
        await machine.SendFileDescriptorAsync(temp.File("file"));
        await machine.Qmp.ExecuteAsync("getfd", new { fdname = "outside" });
        await machine.ShutdownAsync();

        Assert.Equal(root.Path, rootOfQemu);
        Assert.Equal([temp.File("file")], temp.Content);
    }
}
