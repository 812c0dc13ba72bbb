using System.Text.Encodings.Web;
using System.Text.Json;
using Qemu.Testing;

namespace Qemu.Doctor;

/// <summary>Tells what this host can run, and what to install.</summary>
internal sealed class CheckCommand : IDoctorCommand
{
    private const string Json = "--json";

    /// <summary>For a terminal and for other programs, not for a web page: nothing needs to be escaped but what JSON demands.</summary>
    private static readonly ReportJson s_json = new(new JsonSerializerOptions(ReportJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public string Name => "check";

    public string Usage => "check [--json] [PROGRAM…]";

    public string Summary => "what this host can run, and what to install (the default)";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output)
    {
        if (arguments.FirstOrDefault(argument => argument.StartsWith('-') && argument != Json) is { } unknown)
            throw new UsageException($"unknown option {unknown}");
        string[] programs = [.. arguments.Where(argument => argument != Json)];
        if (programs.FirstOrDefault(program => !program.Contains("qemu", StringComparison.OrdinalIgnoreCase)) is { } word)
            throw new UsageException($"'{word}' is neither a command nor a QEMU program");

        HostReport report = await HostExamination.RunAsync(programs, QemuTestSettings.Current).ConfigureAwait(false);
        await output.WriteLineAsync(arguments.Contains(Json)
            ? JsonSerializer.Serialize(report, s_json.HostReport)
            : ReportTable.Render(report)).ConfigureAwait(false);
        return report.IsFit ? 0 : 1;
    }
}
