using Qemu.Machine;

namespace Tests.Qemu.Machine.Launch;

/// <summary>Row "binary": <c>new QemuMachineBuilder(…)</c>.</summary>
public sealed class BinaryTests
{
    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Binary_is_found_by_path_and_by_name(string version)
    {
        string binary = QemuVersions.Binary(version);
        await using QemuMachine machine = Machines.Empty(binary).Build();

        await machine.LaunchAsync();

        var qemu = (await machine.Qmp.ExecuteAsync("query-version")).GetProperty("qemu");
        Assert.Contains($"version {qemu.GetProperty("major")}.{qemu.GetProperty("minor")}.", QemuVersions.FirstLine(binary), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Binary_that_is_missing_fails_the_launch_and_names_the_packages()
    {
        await using QemuMachine machine = new QemuMachineBuilder("qemu-system-riscv64-not-here").Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains("'qemu-system-riscv64-not-here' on PATH", error.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install qemu-system-misc", error.Message, StringComparison.Ordinal);
        Assert.Contains("dnf install qemu-system-riscv64", error.Message, StringComparison.Ordinal);
        Assert.IsType<FileNotFoundException>(error.InnerException);
        Assert.Null(error.ExitCode);
    }

    [Fact]
    public async Task Binary_that_is_not_executable_fails_the_launch_and_says_so()
    {
        using var root = new TempRoot();
        string file = root.Write("qemu-system-x86_64", "not a program");
        await using QemuMachine machine = new QemuMachineBuilder(file).WithTempRoot(root.Path).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains($"'{file}' is not executable", error.Message, StringComparison.Ordinal);
        Assert.Equal([file], root.Content);
    }

    [Fact]
    public async Task Binary_is_looked_for_in_the_folder_of_the_settings_first()
    {
        using var root = new TempRoot();
        string shim = root.WriteScript(Machines.Binary, $"echo through the folder >&2; exec {Machines.Binary} \"$@\"");
        var settings = new QemuSettings { BinaryDirectory = root.Path };
        await using QemuMachine plain = Machines.Empty().WithSettings(settings).Build();
        await using QemuMachine wrapped = Machines.Empty().WithSettings(settings).WithWrapper("env").Build();

        await plain.LaunchAsync();
        await wrapped.LaunchAsync();

        Assert.StartsWith(shim, plain.CommandLine, StringComparison.Ordinal);
        Assert.Contains("through the folder", plain.Log, StringComparison.Ordinal);
        Assert.Contains("through the folder", wrapped.Log, StringComparison.Ordinal);
    }
}
