using System.Diagnostics;
using System.Globalization;
using Qemu.Machine;

namespace Benchmarks;

/// <summary>From the end of a QEMU that refused its command line to the exception: the program notes the time as its last act.</summary>
internal sealed class FailedLaunchBenchmark : IBenchmark
{
    private const int Count = 60;

    // bash has the time as a variable, so that nothing but its own exit comes after.
    private const string Script =
        """
        #!/bin/bash
        {0} "$@"
        code=$?
        LC_ALL=C
        printf '\n%s' "$EPOCHREALTIME" >&2
        exit $code
        """;

    public string Name => "failed-launch";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        string directory = Directory.CreateTempSubdirectory("qemu-bench-").FullName;
        try
        {
            string program = Path.Combine(directory, "qemu");
            await File.WriteAllTextAsync(program, Script.Replace("{0}", QemuBinary.Path, StringComparison.Ordinal));
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var delays = new List<double>(Count);
            for (int i = 0; i < Count; i++)
                delays.Add(await MeasureAsync(program));
            delays.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"failed launch: {delays[Count / 10]:0.00}, {delays[Count / 2]:0.00}, {delays[Count * 9 / 10]:0.00} ms (10, 50, 90 %)"));
            return [Figure.AtMost("failed launch: QEMU's exit to the exception (median)", 5, delays[Count / 2], "ms")];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<double> MeasureAsync(string program)
    {
        await using QemuMachine machine = new QemuMachineBuilder(program).WithMachine("none").WithArguments("-device", "nonsense").Build();
        try
        {
            await machine.LaunchAsync();
        }
        catch (QemuLaunchException error)
        {
            double caught = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
            string stamp = error.Output.Split('\n')[^1];
            return caught - 1000 * double.Parse(stamp, CultureInfo.InvariantCulture);
        }

        throw new UnreachableException("QEMU accepted a device that does not exist.");
    }
}
