using System.Text.RegularExpressions;

namespace Tests.Qemu.Testing;

/// <summary>
/// Holds a text against the approved one, in a file beside the test. A text that differs is written to
/// <c>artifacts/received</c> beside the test assembly: read it, and copy it over the approved one if it is better.
/// </summary>
internal static class Approval
{
    public static void Verify(string name, string text)
    {
        string received = Scrub(text).ReplaceLineEndings("\n").TrimEnd() + "\n";
        string path = Path.Combine(AppContext.BaseDirectory, "Approved", name + ".txt");
        string approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (received == approved)
            return;
        string directory = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "artifacts", "received")).FullName;
        File.WriteAllText(Path.Combine(directory, name + ".txt"), received);
        Assert.Equal(approved, received);
    }

    /// <summary>Takes out what differs between runs and hosts: paths, process ids, durations, versions.</summary>
    private static string Scrub(string text)
    {
        text = Regex.Replace(text, @"(?<![\w.])/[\w./+-]*/(?=[\w.+-])", "DIR/");
        text = Regex.Replace(text, @"\bprocess \d+", "process PID");
        text = Regex.Replace(text, @"\bfrom pid \d+ \([^)]*\)", "from pid PID (NAME)");
        text = Regex.Replace(text, @"\bfd=\d+", "fd=N");
        text = Regex.Replace(text, @"\d+(\.\d+)? s\b", "N s");
        return Regex.Replace(text, "\"(seconds|microseconds)\": ?\\d+", "\"$1\": N");
    }
}
