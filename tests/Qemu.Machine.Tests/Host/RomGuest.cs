using System.Diagnostics;

namespace Tests.Qemu.Machine;

/// <summary>Runs QEMU on a firmware image to its end, without any of the code under test.</summary>
internal static class RomGuest
{
    /// <summary>Runs until QEMU exits; skips the test where there is no QEMU.</summary>
    public static async Task<(int ExitCode, byte[] Output)> RunAsync(string image, string input, params string[] arguments)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string? qemu = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory, "qemu-system-x86_64"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(qemu is null, "needs qemu-system-x86_64 on PATH");

        string[] common = ["-accel", "tcg", "-display", "none", "-vga", "none", "-no-reboot", "-m", "16M", "-device", TestRom.DebugExitDevice];
        ProcessStartInfo start = new(qemu!, [.. common, "-bios", image, "-chardev", "stdio,id=com1,signal=off", "-serial", "chardev:com1", "-monitor", "none", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            MemoryStream output = new();
            byte[] buffer = new byte[4096];
            bool asked = false;
            int count;
            while ((count = await process.StandardOutput.BaseStream.ReadAsync(buffer, deadline.Token)) > 0)
            {
                output.Write(buffer, 0, count);
                if (!asked && output.ToArray().AsSpan().IndexOf("TESTROM READY\r\n"u8) >= 0)
                {
                    asked = true;
                    await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
                    await process.StandardInput.FlushAsync(deadline.Token);
                }
            }

            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, output.ToArray());
        }
        finally
        {
            process.Kill();
        }
    }
}
